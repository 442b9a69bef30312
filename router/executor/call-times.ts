import type { RequestContext } from '../request-context.ts'

/** When a call was begun, and when the time of the request that began it is over. */
export type Begun = { readonly begunAt: number; readonly deadline?: number | undefined }

type Times = Pick<RequestContext, 'deadline' | 'readsSince'>

/** The header that tells a subgraph how many milliseconds are left of the request's time: after that nobody listens. */
export const TIME_LEFT = 'x-request-timeout-ms'

// A subgraph may give up at the deadline of whoever began the call: nobody who joins loses more of their own time than this.
const MOST_TIME_LOST_MS = 1_000

/** The headers of a call with the time that is left. */
export function withTimeLeft(headers: string[], { deadline }: Times): string[] {
  if (deadline === undefined) return headers
  return [...headers, TIME_LEFT, String(Math.max(1, Math.ceil(deadline - performance.now())))]
}

/** Whether a call under way is new enough for a request, and lasts long enough. */
export function mayJoin({ deadline, readsSince }: Times, begun: Begun): boolean {
  if (readsSince !== undefined && begun.begunAt <= readsSince) return false
  return hasTimeFor({ deadline }, begun)
}

/** Whether what was begun for another request lasts about as long as this one would. */
export const hasTimeFor = ({ deadline }: Times, begun: Pick<Begun, 'deadline'>): boolean =>
  deadline === undefined || begun.deadline === undefined || deadline - begun.deadline < MOST_TIME_LOST_MS
