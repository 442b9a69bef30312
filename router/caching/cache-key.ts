import { forwardedTo, type RequestContext } from '../request-context.ts'

/** Who shares an answer: those whose requests look the same to a subgraph, but for who exactly asks. */
export type Sharing = {
  /** Part of the key of whatever is kept. */
  readonly key: string
  /** Whether a token went along. */
  readonly isAuthorized: boolean
  /** Whether it has rights that not everybody has. */
  readonly hasRights: boolean
}

// What tells requests apart and changes no answer that is for everybody.
const LEFT_OUT: ReadonlySet<string> = new Set([
  'x-request-id',
  'x-client-address',
  'traceparent',
  'tracestate',
  'baggage',
  'authorization',
])

/** Every header that the subgraph is sent and that may change an answer, and the rights of who asks; made once a request. */
export function sharingOf(context: RequestContext, subgraph: string): Sharing {
  const bySubgraph = context.forwarded.once(sharingOf, () => new Map<string, Sharing>())
  const sharing = bySubgraph.get(subgraph) ?? makeSharing(context, forwardedTo(context, subgraph).headers)
  bySubgraph.set(subgraph, sharing)
  return sharing
}

function makeSharing({ identity }: RequestContext, sent: Readonly<Record<string, string>>): Sharing {
  const { viewer } = identity
  const { authorization } = sent
  const rights = viewer.kind === 'user' ? [...viewer.scopes].toSorted() : []
  const headers = Object.entries(sent).filter(([name]) => !LEFT_OUT.has(name))
  // A verified token is in the key by its rights. One that was not verified here says nothing that could be shared.
  const isVerified = viewer.kind === 'user' && authorization === identity.authorization
  const key = JSON.stringify([headers.toSorted(), rights, isVerified ? undefined : authorization])
  return { key, isAuthorized: authorization !== undefined, hasRights: rights.length > 0 }
}
