import type { RequestContext } from '../request-context.ts'

type Headers = { list: string[]; identity: string; address: string | undefined }

const known = new WeakMap<RequestContext['forwarded'], Headers>()
const IDS = new Set(['x-request-id', 'traceparent'])
const ADDRESS = 'x-client-address'

/**
 * What is forwarded as the headers of a call: names and values in turn. A query carries no address of its client: its
 * answer may be that of others, who all have one of their own.
 */
export function headersOf(forwarded: RequestContext['forwarded'], { isQuery }: { isQuery: boolean }): string[] {
  const { list, address } = prepare(forwarded)
  return isQuery || address === undefined ? list : [...list, ADDRESS, address]
}

/** All that is forwarded with queries but the ids: whoever differs in it may get another answer. */
export const identityOf = ({ forwarded }: RequestContext): string => prepare(forwarded).identity

function prepare(forwarded: RequestContext['forwarded']): Headers {
  const prepared = known.get(forwarded)
  if (prepared !== undefined) return prepared
  const headers: Headers = {
    identity: '',
    address: forwarded[ADDRESS],
    list: ['content-type', 'application/json', 'accept', 'application/graphql-response+json, application/json'],
  }
  for (const [name, value] of Object.entries(forwarded)) {
    if (name === ADDRESS) continue
    headers.list.push(name, value)
    // With its length, no value can be taken for the next header.
    if (!IDS.has(name)) headers.identity += `${name}:${value.length}:${value} `
  }
  known.set(forwarded, headers)
  return headers
}
