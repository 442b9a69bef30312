/** What a subgraph's `Cache-Control` allows a shared cache: seconds; 0 where nothing. RFC 9111, sections 3 and 5.2. */
export function sharedMaxAgeS(header: string | undefined, request: { isAuthorized: boolean }): number {
  if (header === undefined) return 0
  const directives = directivesOf(header)
  if (FORBIDDING.some((name) => directives.has(name))) return 0
  const shared = directives.get('s-maxage')
  // Section 3.5: what was asked for with a token is only shared where the answer says so.
  if (request.isAuthorized && shared === undefined && !directives.has('public')) return 0
  return secondsOf(shared ?? directives.get('max-age'))
}

const FORBIDDING = ['no-store', 'no-cache', 'private'] as const

const directivesOf = (header: string): ReadonlyMap<string, string> =>
  new Map(
    header.split(',').map((directive): [string, string] => {
      const [name = '', value = ''] = directive.split('=')
      return [name.trim().toLowerCase(), value.trim()]
    }),
  )

const secondsOf = (value: string | undefined): number =>
  value !== undefined && /^\d{1,9}$/.test(value) ? Number(value) : 0
