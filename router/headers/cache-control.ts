/** `Cache-Control` (https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2), as far as it can be merged. */
type CacheControl = {
  isPrivate: boolean
  mustRevalidate: boolean
  noCache: boolean
  maxAgeS: number
  /** For shared caches, where they are told another age. */
  sharedMaxAgeS: number | undefined
}

/** What an answer says that nobody may keep. */
export const NOT_KEPT = 'no-store'

/** The strictest of several `Cache-Control` headers: `no-store` where one says so, or says nothing. */
export function strictest(headers: readonly (string | undefined)[], isPersonal: boolean): string {
  if (headers.length === 0 || headers.includes(undefined)) return NOT_KEPT
  const read = headers.map(parse)
  if (read.includes(undefined)) return NOT_KEPT
  const all = read.filter((one) => one !== undefined)
  const isPrivate = isPersonal || all.some((one) => one.isPrivate)
  const shared = all.some((one) => one.sharedMaxAgeS !== undefined)
    ? Math.min(...all.map(({ sharedMaxAgeS, maxAgeS }) => sharedMaxAgeS ?? maxAgeS))
    : undefined
  return [
    isPrivate ? 'private' : 'public',
    `max-age=${Math.min(...all.map(({ maxAgeS }) => maxAgeS))}`,
    ...(shared !== undefined && !isPrivate ? [`s-maxage=${shared}`] : []),
    ...(all.some(({ noCache }) => noCache) ? ['no-cache'] : []),
    ...(all.some(({ mustRevalidate }) => mustRevalidate) ? ['must-revalidate'] : []),
  ].join(', ')
}

/** Undefined where nothing may be kept. */
function parse(header: string | undefined): CacheControl | undefined {
  const directives = new Map((header ?? '').toLowerCase().split(',').map(directiveOf))
  const maxAgeS = secondsOf(directives.get('max-age'))
  const sharedMaxAgeS = secondsOf(directives.get('s-maxage'))
  if (directives.has('no-store') || (maxAgeS ?? sharedMaxAgeS) === undefined) return undefined
  return {
    isPrivate: directives.has('private'),
    mustRevalidate: directives.has('must-revalidate') || directives.has('proxy-revalidate'),
    noCache: directives.has('no-cache'),
    // What only shared caches may keep, a browser must ask for each time.
    maxAgeS: maxAgeS ?? 0,
    sharedMaxAgeS,
  }
}

function directiveOf(text: string): [string, string] {
  const [name = '', value = ''] = text.trim().split('=', 2)
  return [name, value.replaceAll('"', '')]
}

const secondsOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined
