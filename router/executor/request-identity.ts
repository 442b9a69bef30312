import type { RequestContext } from '../request-context.ts'

type Forwarded = RequestContext['forwarded']

// Made when they are asked for: who joins the run of another makes no call.
const lists = new WeakMap<Forwarded, string[]>()
const identities = new WeakMap<Forwarded, string>()
const IDS = new Set(['x-request-id', 'traceparent'])
const ADDRESS = 'x-client-address'

// What every call carries.
const COMMON = ['content-type', 'application/json', 'accept', 'application/graphql-response+json, application/json']

/**
 * What is forwarded as the headers of a call: names and values in turn. A query carries no address of its client: its
 * answer may be that of others, who all have one of their own.
 */
export function headersOf(forwarded: Forwarded, { isQuery }: { isQuery: boolean }): string[] {
  const list = lists.get(forwarded) ?? listOf(forwarded)
  const address = forwarded[ADDRESS]
  return isQuery || address === undefined ? list : [...list, ADDRESS, address]
}

/** All that is forwarded with queries but the ids: whoever differs in it may get another answer. */
export const identityOf = ({ forwarded }: RequestContext): string => identities.get(forwarded) ?? identityIn(forwarded)

function listOf(forwarded: Forwarded): string[] {
  const list = [...COMMON]
  for (const name of Object.keys(forwarded)) if (name !== ADDRESS) list.push(name, forwarded[name] ?? '')
  lists.set(forwarded, list)
  return list
}

function identityIn(forwarded: Forwarded): string {
  let identity = ''
  for (const name of Object.keys(forwarded)) {
    if (name === ADDRESS || IDS.has(name)) continue
    const value = forwarded[name] ?? ''
    // With its length, no value can be taken for the next header.
    identity += `${name}:${value.length}:${value} `
  }
  identities.set(forwarded, identity)
  return identity
}
