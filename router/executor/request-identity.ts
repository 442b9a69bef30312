import type { RequestContext } from '../request-context.ts'

type Headers = { list: string[]; identity: string }

const known = new WeakMap<RequestContext['forwarded'], Headers>()
const IDS = new Set(['x-request-id', 'traceparent'])

/** What is forwarded as the headers of a call: names and values in turn. */
export const headersOf = (forwarded: RequestContext['forwarded']): string[] => prepare(forwarded).list

/** All that is forwarded but the ids: whoever differs in it may get another answer. */
export const identityOf = ({ forwarded }: RequestContext): string => prepare(forwarded).identity

function prepare(forwarded: RequestContext['forwarded']): Headers {
  const prepared = known.get(forwarded)
  if (prepared !== undefined) return prepared
  const headers: Headers = {
    identity: '',
    list: ['content-type', 'application/json', 'accept', 'application/graphql-response+json, application/json'],
  }
  for (const [name, value] of Object.entries(forwarded)) {
    headers.list.push(name, value)
    // With its length, no value can be taken for the next header.
    if (!IDS.has(name)) headers.identity += `${name}:${value.length}:${value} `
  }
  known.set(forwarded, headers)
  return headers
}
