import type { ExecutionResult } from 'graphql'
import { newId } from '#platform/kernel/ids.ts'
import { Forwarded } from './headers/forwarded.ts'
import type { RequestRules } from './headers/request-rules.ts'
import type { Heard } from './headers/heard.ts'
import { labelsIn } from './options/overrides.ts'
import type { RouterOptions } from './options/router-options.ts'
import { decideOverrides } from './planner/override-labels.ts'
import type { IsOverridden } from './planner/planner.ts'
import type { RequestHeaders } from './request-headers.ts'
import type { Identity } from './security/authenticate.ts'

/** Which named override labels are on: `labels` for everybody, and those that a request names in `header`, where one is set. */
export type OverrideSettings = RouterOptions['overrides']

const NO_OVERRIDES: OverrideSettings = { labels: [] }

/** What one operation carries on its way. */
export type RequestContext = {
  readonly requestId: string
  readonly identity: Identity
  /** What the client sent, by lower-case names. */
  readonly headers: RequestHeaders
  /**
   * Everything of the request that can change an answer, the ids, and the client's address: but for these it belongs into
   * the key of whatever is shared or cached. What a subgraph is sent is {@link forwardedTo}.
   */
  readonly forwarded: Forwarded
  /** What goes to subgraphs, where that is not the same for all. */
  readonly requestRules?: RequestRules | undefined
  /** Hears of the answers of subgraphs, where something of them comes back. */
  readonly heard?: Heard | undefined
  /** The answer, where there is one before Apollo Server is asked: it only has to be told. */
  readonly answered?: Promise<ExecutionResult> | undefined
  /** Aborted when the client left or the time is over. */
  readonly signal: AbortSignal
  /** When its time is over, and from when on what it reads must be: both as `performance.now()` has it. */
  readonly deadline?: number | undefined
  readonly readsSince?: number | undefined
  /** Which progressive `@override`s are on, by label. */
  readonly isOverridden: IsOverridden
}

const REQUEST_ID = /^[\w.:-]{1,128}$/

// Every header here can change an answer, but the ids.
const FORWARDED = ['x-currency', 'traceparent'] as const

/** The context of one operation. With mutations subgraphs learn the client's own address by `x-client-address`, which no client can set. */
export function createRequestContext(
  headers: RequestHeaders,
  options: {
    requestId?: string
    identity: Identity
    signal: AbortSignal
    clientAddress: string | undefined
    overrides?: OverrideSettings
    requestRules?: RequestRules | undefined
    heard?: Heard | undefined
    deadline?: number | undefined
  },
): RequestContext {
  const { requestRules, requestId = requestIdOf(headers) } = options
  const forwarded: Record<string, string> = { ...requestRules?.taken(headers), 'x-request-id': requestId }
  for (const name of FORWARDED) {
    const value = headers[name]
    if (typeof value === 'string' && value !== '') forwarded[name] = value
  }
  if (options.identity.authorization !== null) forwarded['authorization'] = options.identity.authorization
  if (options.clientAddress !== undefined) forwarded['x-client-address'] = options.clientAddress
  const isOverridden = decideOverrides(namedLabels(headers, options.overrides ?? NO_OVERRIDES))
  return {
    requestId,
    identity: options.identity,
    headers,
    forwarded: new Forwarded(forwarded, options.identity.tokenName),
    signal: options.signal,
    isOverridden,
    requestRules,
    heard: options.heard,
    deadline: options.deadline,
  }
}

/** The headers that go to a subgraph with every call for this request. */
export const forwardedTo = (context: RequestContext, subgraph: string): RequestContext['forwarded'] =>
  context.requestRules === undefined ? context.forwarded : context.requestRules.to(subgraph, context)

/** The client's own id of a request, where it may be one; else another. */
export function requestIdOf(headers: RequestHeaders): string {
  const given = headers['x-request-id']
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : newId()
}

function namedLabels(headers: RequestHeaders, { labels, header }: OverrideSettings): ReadonlySet<string> {
  const given = header === undefined ? undefined : headers[header.toLowerCase()]
  return new Set([...labels, ...(typeof given === 'string' ? labelsIn(given) : [])])
}
