import type { Running } from '#platform/runtime/lifecycle.ts'
import { forwardedTo, type RequestContext } from '../request-context.ts'
import type { SubgraphAddress } from '../supergraph/load-supergraph.ts'
import type { HttpCall, Transport } from './http-pools.ts'
import { type Begun, mayJoin, withTimeLeft } from './call-times.ts'
import { onAbort, reasonOf } from './on-abort.ts'
import { type Answer, cloneAnswer, readAnswer } from './subgraph-answer.ts'
import { createUnderWay } from './under-way.ts'

/**
 * One call: `body` is the JSON as it is sent; equal queries may be answered by one call where `isQuery`, but none that
 * would be kept by one from before another change.
 */
export type Call = {
  subgraph: SubgraphAddress
  body: string
  isQuery: boolean
  context: RequestContext
  changes?: number | undefined
}

/** Calls of subgraphs. `ask` is rejected when the subgraph can't be reached, answers no GraphQL, or the request is over. */
export type SubgraphCalls = Running & { ask(call: Call): Promise<Answer> }

/**
 * `transport` carries the calls, and stops with them. What `isPersonal` answers is nobody else's. `onShared` hears of each
 * call that another answers.
 */
export type SubgraphCallsOptions = {
  transport: Transport
  shareInFlight: boolean
  isPersonal?: ((subgraph: string) => boolean) | undefined
  onShared?: (subgraph: SubgraphAddress) => void
}

/**
 * The calls to all subgraphs. With `shareInFlight` a query that is under way answers every
 * equal one that comes meanwhile: same subgraph, same body, same headers but the ids. It is given up when all have left.
 * A query that comes after a mutation was answered never joins one from before it: who has written reads what they wrote.
 * What an event is completed with was asked for after the event had come.
 */
export function createSubgraphCalls({
  transport,
  shareInFlight,
  isPersonal,
  onShared,
}: SubgraphCallsOptions): SubgraphCalls {
  const shared = createUnderWay<SharedCall>()
  let mutations = 0
  const start = ({ subgraph, body, isQuery, context }: Call): HttpCall =>
    transport.post({
      subgraph,
      headers: withTimeLeft(forwardedTo(context, subgraph.name).listFor({ isQuery }), context),
      body,
      isQuery,
    })
  const alone = (call: Call): Promise<Answer> => answerOf(start(call), call)
  const ask = (call: Call): Promise<Answer> => {
    if (call.context.signal.aborted) return Promise.reject(failed(call, reasonOf(call.context.signal)))
    if (!call.isQuery) return alone(call).finally(() => (mutations += 1))
    if (!shareInFlight || isPersonal?.(call.subgraph.name) === true) return alone(call)
    const key = `${mutations} ${call.changes} ${call.subgraph.url} ${call.context.forwarded.identity} ${call.body}`
    const known = shared.get(key)
    if (known !== undefined && mayJoin(call.context, known)) {
      onShared?.(call.subgraph)
      return join(known, call)
    }
    const begun = begin(call, start(call), () => forget())
    const forget = shared.set(key, begun)
    return join(begun, call)
  }
  return { ask, stop: transport.stop }
}

/** Tells the request of what came back, where it wants to know. */
function answered({ subgraph, isQuery, context: { heard } }: Call, answer: Answer): Answer {
  heard?.answer(subgraph.name, answer.headers ?? {}, isQuery && answer.errors.length === 0)
  return answer
}

/** Tells the request that nothing came back. */
function failed(call: Call, error: unknown): unknown {
  call.context.heard?.failure()
  return error
}

/** The answer to a call that nobody else waits for. */
async function answerOf(http: HttpCall, call: Call): Promise<Answer> {
  const { signal } = call.context
  const forget = onAbort(signal, () => http.cancel(reasonOf(signal)))
  try {
    return answered(call, readAnswer(await http.answer, call.subgraph.name))
  } catch (error) {
    throw failed(call, signal.aborted ? reasonOf(signal) : error)
  } finally {
    forget()
  }
}

type Waiter = PromiseWithResolvers<Answer> & { call: Call; forget(): void }
type SharedCall = Begun & { waiters: Set<Waiter>; leave(waiter: Waiter, reason: Error): void }

function begin({ subgraph, context }: Call, http: HttpCall, onEnd: () => void): SharedCall {
  const waiters = new Set<Waiter>()
  // Once: an equal call may have begun since.
  let isOver = false
  const end = () => {
    if (!isOver) onEnd()
    isOver = true
  }
  const settleAll = async () => {
    try {
      const answer = await http.answer
      end()
      give(readAnswer(answer, subgraph.name), waiters)
    } catch (error) {
      end()
      for (const waiter of waiters) settle(waiter, () => waiter.reject(failed(waiter.call, error)))
    }
  }
  void settleAll()
  return {
    begunAt: performance.now(),
    deadline: context.deadline,
    waiters,
    leave: (waiter, reason) => {
      waiters.delete(waiter)
      waiter.reject(failed(waiter.call, reason))
      if (waiters.size > 0) return
      end()
      http.cancel(reason)
    },
  }
}

/** Parsed once: a copy for each but the last costs a fifth of parsing again. */
function give(answer: Answer, waiters: ReadonlySet<Waiter>): void {
  let left = waiters.size
  for (const waiter of waiters) {
    left -= 1
    settle(waiter, () => waiter.resolve(answered(waiter.call, left === 0 ? answer : cloneAnswer(answer))))
  }
}

function join(underWay: SharedCall, call: Call): Promise<Answer> {
  const { signal } = call.context
  const waiter: Waiter = { ...Promise.withResolvers<Answer>(), call, forget: () => undefined }
  waiter.forget = onAbort(signal, () => underWay.leave(waiter, reasonOf(signal)))
  underWay.waiters.add(waiter)
  return waiter.promise
}

function settle(waiter: Waiter, act: () => void): void {
  waiter.forget()
  act()
}
