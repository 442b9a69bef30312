import type { ExecutionResult } from 'graphql'
import type { FetchCache } from '../caching/fetch-cache.ts'
import { begin, type Begun, type CompiledOperation } from './compiled-operation.ts'
import type { OperationRequest } from './executor.ts'
import { textOfVariables } from './json-text.ts'
import type { Run } from './run-plan.ts'
import { textData } from './text-data.ts'

/** The whole answer to a request, where it is kept. Undefined for one whose data are to be looked into. */
export function findKept(
  cache: FetchCache | undefined,
  { kept }: CompiledOperation,
  request: OperationRequest,
): ExecutionResult | undefined {
  if (cache === undefined || kept === undefined || request.isWritten !== true) return undefined
  const known = cache.answers.find(askedOf(kept, request))
  return known && { data: textData(known) }
}

/** Begins a run as {@link begin} does; its answer is kept whole, where each part of it is. */
export function beginKeeping(
  operation: CompiledOperation,
  parts: Pick<Run, 'calls' | 'cache' | 'log'> & { request: OperationRequest },
): Begun {
  const { request, cache } = parts
  const { kept } = operation
  if (cache === undefined || kept === undefined || request.isWritten !== true) return begin(operation, parts)
  const changes = cache.changes()
  const { run, result } = begin(operation, parts)
  const keep = (answer: ExecutionResult): ExecutionResult => {
    if (run.parts === undefined || answer.errors !== undefined || !answer.data) return answer
    const known = { text: JSON.stringify(answer.data) }
    cache.answers.keep(askedOf(kept, request), { known, parts: run.parts, changes })
    return { ...answer, data: textData(known) }
  }
  return { run, result: result.then(keep) }
}

const askedOf = (operation: NonNullable<CompiledOperation['kept']>, { variables, context }: OperationRequest) => ({
  operation,
  variables: textOfVariables(variables),
  context,
})
