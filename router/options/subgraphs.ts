import { z } from 'zod'
import { section } from './section.ts'

/** How one subgraph is called. */
export type SubgraphPolicy = {
  /** The longest that it may say nothing; a whole request may take no longer than REQUEST_TIMEOUT_MS in any case. */
  timeoutMs: number
  /** How often a query is sent again that could not be delivered, or was answered with 502, 503 or 504. Mutations never are. */
  retries: number
  /** Before the first retry a random time up to this; it doubles with each. */
  retryDelayMs: number
  /** Retries may be this share of all calls at most, beside a few that a quiet graph may always make. */
  retryBudget: number
  /** Calls under way at once. */
  maxConcurrent: number
  /** Calls that wait for their turn; what comes after them is refused at once. */
  maxQueued: number
  /** When it is not asked for a while because it fails. */
  breaker: BreakerPolicy
}

/** Opens where more than `failureShare` of at least `minimumCalls` calls within `windowMs` failed. */
export type BreakerPolicy = {
  enabled: boolean
  failureShare: number
  windowMs: number
  minimumCalls: number
  /** How long it stays open before one call may try; doubled each time that the try fails, up to `longestOpenMs`. */
  openMs: number
  longestOpenMs: number
}

const DEFAULTS: Omit<SubgraphPolicy, 'timeoutMs'> = {
  retries: 2,
  retryDelayMs: 50,
  retryBudget: 0.2,
  // More than the 200 requests that a router has under way at its best; a subgraph of two cores gains nothing by more.
  maxConcurrent: 256,
  // At a millisecond of work each, what waits at the end of this queue is served within seconds.
  maxQueued: 1_024,
  breaker: {
    enabled: true,
    failureShare: 0.5,
    windowMs: 10_000,
    // A handful of failures on a quiet graph is no outage: asking again costs less than not asking.
    minimumCalls: 20,
    openMs: 1_000,
    longestOpenMs: 30_000,
  },
}

const count = z.int().min(1)
const breaker = z.strictObject({
  enabled: z.boolean().exactOptional(),
  failureShare: z.number().gt(0).lt(1).exactOptional(),
  windowMs: count.exactOptional(),
  minimumCalls: count.exactOptional(),
  openMs: count.exactOptional(),
  longestOpenMs: count.exactOptional(),
})
const policy = z.strictObject({
  timeoutMs: count.exactOptional(),
  retries: z.int().min(0).max(10).exactOptional(),
  retryDelayMs: count.exactOptional(),
  retryBudget: z.number().gt(0).max(1).exactOptional(),
  maxConcurrent: count.exactOptional(),
  maxQueued: z.int().min(0).exactOptional(),
  breaker: breaker.exactOptional(),
})

/** How subgraphs are called: `all` of them, and by name where one differs. What neither says has its default. */
export const subgraphs = section({
  schema: z.strictObject({ all: policy.default({}), byName: z.record(z.string(), policy).default({}) }),
  fromEnvironment: () => ({}),
})

/** The section as it was read. */
export type SubgraphOptions = z.output<typeof subgraphs.schema>

/** The policy for the subgraph with this name. `timeoutMs` where the options say nothing of it. */
export function policyOf(name: string, { all, byName }: SubgraphOptions, timeoutMs: number): SubgraphPolicy {
  const own = Object.hasOwn(byName, name) ? byName[name] : undefined
  return {
    ...DEFAULTS,
    timeoutMs,
    ...all,
    ...own,
    breaker: { ...DEFAULTS.breaker, ...all.breaker, ...own?.breaker },
  }
}
