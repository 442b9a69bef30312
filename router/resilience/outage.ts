import { errors } from 'undici'
import { SubgraphUnavailableError } from './unavailable.ts'

/** A call that its client gave up: it says nothing of the subgraph. */
export class CallCancelledError extends Error {
  override name = 'CallCancelledError'
}

// Of a proxy before the subgraph as a rule, or of one that starts or stops: whatever the body says, it was not served.
const OUTAGE_STATUSES: readonly number[] = [502, 503, 504]

/** Whether an answer with this status says that the subgraph is away. */
export const isOutageStatus = (status: number): boolean => OUTAGE_STATUSES.includes(status)

/**
 * Whether a query that failed with `error` may be sent again: the connection could not be made, or broke. Who took too
 * long once is not asked a second time: the client waits already.
 */
export const isConnectionError = (error: unknown): boolean =>
  error instanceof Error &&
  !(error instanceof CallCancelledError) &&
  !(error instanceof SubgraphUnavailableError) &&
  !(error instanceof errors.HeadersTimeoutError) &&
  !(error instanceof errors.BodyTimeoutError) &&
  !(error instanceof errors.ClientDestroyedError) &&
  !(error instanceof errors.ClientClosedError)
