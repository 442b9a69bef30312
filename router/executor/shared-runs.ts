import type { ExecutionResult } from 'graphql'
import { type CompiledOperation, cutShort } from './compiled-operation.ts'
import type { OperationRequest } from './executor.ts'
import { hasTimeFor } from './call-times.ts'
import { textOfVariables } from './json-text.ts'
import { beginKeeping } from './kept-runs.ts'
import { createAborting, onAbort, reasonOf } from './on-abort.ts'
import type { Run } from './run-plan.ts'
import { textData, textOfData } from './text-data.ts'
import { createUnderWay } from './under-way.ts'

/** Runs of queries, each for as many equal requests as may share it. */
export type SharedRuns = {
  /** Joins the run of an equal request, or begins one. */
  execute(operation: CompiledOperation, request: OperationRequest): Promise<ExecutionResult>
  /** To be called when a mutation is over, before it is answered: who has written reads what they wrote. */
  written(): void
}

/** `onShared` hears of each request that joins the run of another. */
type Options = Pick<Run, 'calls' | 'cache' | 'log'> & { untilAnswered: boolean; onShared?: (() => void) | undefined }

/**
 * Requests with equal operations, variables and headers (but the ids) share one run. With `untilAnswered` as long as it is
 * not over. Else only while nothing that it asked of subgraphs was answered yet: the calls of a request that comes then
 * would all be shared in flight, and the next ones too, as they are made of the same answers; what was answered from what
 * is kept, it would get, too. So it gets what it would have got, but what was fetched is merged, projected and written once:
 * a third of the CPU of a heavy query under load.
 *
 * A request that is left, or whose time is over, takes no other with it; the last one aborts the run.
 */
export function createSharedRuns(options: Options): SharedRuns {
  const underWay = createUnderWay<SharedRun>()
  let writes = 0
  return {
    execute: (operation, request) => {
      // What was read before a change is no answer to who asks after it.
      const changes = options.cache === undefined ? '' : `${options.cache.changes()} ${options.cache.isCurrent()}`
      const isHeard = request.context.heard !== undefined
      const key = `${operation.id} ${request.isWritten} ${isHeard} ${writes} ${changes} ${request.context.forwarded.identity} ${textOfVariables(request.variables)}`
      const known = underWay.get(key)
      if (
        known !== undefined &&
        (options.untilAnswered || !known.run.hasAnswers) &&
        Date.now() < known.run.keptUntilMs &&
        hasTimeFor(request.context, known.run.request.context)
      ) {
        options.onShared?.()
        return known.join(request)
      }
      const begun = start(operation, request, options, () => forget())
      const forget = underWay.set(key, begun)
      return begun.join(request)
    },
    written: () => void (writes += 1),
  }
}

type SharedRun = { readonly run: Run; join(request: OperationRequest): Promise<ExecutionResult> }
type Waiter = PromiseWithResolvers<ExecutionResult> & { request: OperationRequest; forget(): void }

/** Begins a run for `first` and whoever joins it; `onEnd` when nobody may any more. */
function start(operation: CompiledOperation, first: OperationRequest, parts: Options, onEnd: () => void): SharedRun {
  const waiters = new Set<Waiter>()
  const { signal, abort } = createAborting()
  const heard = first.context.heard?.another()
  const request = { ...first, context: { ...first.context, signal, heard } }
  const { run, result } = beginKeeping(operation, { request, calls: parts.calls, cache: parts.cache, log: parts.log })
  // Whoever joins hears what its calls were told, as if they had been its own.
  const tell = ({ request: { context } }: Waiter) => {
    if (heard !== undefined) context.heard?.adopt(heard)
  }
  const settleAll = (settle: (waiter: Waiter) => void) => {
    onEnd()
    for (const waiter of waiters) {
      waiter.forget()
      tell(waiter)
      settle(waiter)
    }
  }
  const answerAll = (answer: ExecutionResult) => {
    logShared(answer, waiters, run)
    // An object for each: what a plugin does to its own is no matter of the others.
    const copy = waiters.size > 1 && first.isWritten === true ? copyOf(answer) : () => ({ ...answer })
    settleAll(({ resolve }) => resolve(copy()))
  }
  const leave = (waiter: Waiter) => {
    if (waiters.size > 1) {
      waiters.delete(waiter)
      tell(waiter)
      waiter.request.context.heard?.failure()
      waiter.resolve(cutShort(operation, run, waiter.request))
      return
    }
    // The last one gets what the aborted run makes of it.
    onEnd()
    abort(reasonOf(waiter.request.context.signal))
  }
  result.then(answerAll, (error: unknown) => settleAll(({ reject }) => reject(error)))
  return { run, join: (joining) => join(joining, waiters, leave) }
}

/** Answers whose data are written once, for all of them. */
function copyOf(answer: ExecutionResult): () => ExecutionResult {
  const known = textOfData(answer.data) ?? { text: JSON.stringify(answer.data ?? null) }
  return () => ({ ...answer, data: answer.data && textData(known) })
}

function join(
  request: OperationRequest,
  waiters: Set<Waiter>,
  leave: (waiter: Waiter) => void,
): Promise<ExecutionResult> {
  const waiter: Waiter = { ...Promise.withResolvers<ExecutionResult>(), request, forget: () => undefined }
  waiter.forget = onAbort(request.context.signal, () => leave(waiter))
  waiters.add(waiter)
  return waiter.promise
}

/** A fault is logged once, with the id of the request that began the run: the others' ids lead to it by the `errorId`. */
function logShared({ errors = [] }: ExecutionResult, waiters: ReadonlySet<Waiter>, run: Run): void {
  const errorIds = errors.flatMap(({ extensions: { errorId } }) => (errorId === undefined ? [] : [errorId]))
  if (errorIds.length === 0) return
  const sharedWith = run.request.context.requestId
  for (const { request } of waiters) {
    const { requestId } = request.context
    if (requestId !== sharedWith)
      run.log.info(
        { requestId, sharedWith, errorIds: [...new Set(errorIds)] },
        "an answer was another request's, with its faults",
      )
  }
}
