import type { HttpCall, HttpPost, Transport } from '../executor/http-pools.ts'
import { circuitOpen, GuardedCall } from './guarded-call.ts'
import type { Guard, Guards } from './guards.ts'
import { SubgraphUnavailableError } from './unavailable.ts'

// What a full queue takes to empty, more or less.
const OVERLOADED_RETRY_MS = 1_000

/**
 * The same transport with a bound on the calls under way at each subgraph, a circuit breaker, and retries of queries.
 * What is not asked for is rejected with {@link SubgraphUnavailableError}.
 */
export const guardTransport = (transport: Transport, guards: Guards): Transport => ({
  post: (post) => start(guards.of(post.subgraph), post, transport),
  stop: transport.stop,
})

function start(guard: Guard, post: HttpPost, transport: Transport): HttpCall {
  const leftMs = guard.breaker.refusal()
  if (leftMs !== undefined) {
    guard.counter.ended('open')
    return refused(circuitOpen(guard, leftMs))
  }
  const entry = guard.slots.enter()
  if (entry !== undefined) return new GuardedCall(guard, entry, post.isQuery, () => transport.post(post))
  guard.counter.ended('shed')
  return refused(new SubgraphUnavailableError(`too much is under way at ${guard.subgraph.name}`, OVERLOADED_RETRY_MS))
}

const refused = (reason: Error): HttpCall => ({ answer: Promise.reject(reason), cancel: () => undefined })
