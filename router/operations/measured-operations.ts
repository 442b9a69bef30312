import { type ExecutionResult, getOperationAST } from 'graphql'
import type { Metrics } from '#platform/runtime/metrics.ts'
import type { OperationRequest } from '../executor/executor.ts'
import type { Operations } from './operations.ts'
import type { ParseOperation } from './parse-operation.ts'

const SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30]

/** Counts operations by type and code: `OK`, or that of the first error. */
export const countOperations = (metrics: Metrics): ((type: string, code: string) => void) =>
  metrics.tally({
    name: 'agora_router_operations_total',
    help: 'Operations over every transport, by type and the code of their first error, OK where there is none',
    labels: ['type', 'code'],
  })

/** The same operations, counted and timed. A subscription is counted when it begins. */
export function measureOperations(operations: Operations, metrics: Metrics): Operations {
  const count = countOperations(metrics)
  const durations = metrics.histogram({
    name: 'agora_router_operation_duration_seconds',
    help: 'From a validated query or mutation to its answer, or the first part of it: planning, fetching, projecting',
    labels: ['type'],
    buckets: SECONDS,
  })
  return {
    execute: async (request) => {
      const startedAt = performance.now()
      const type = typeOf(request)
      const result = await orCount(operations.execute(request), () => count(type, FAULT))
      count(type, codeOf(result))
      durations.add((performance.now() - startedAt) / 1_000, type)
      return result
    },
    executeDeferred: async (request) => {
      const startedAt = performance.now()
      const type = typeOf(request)
      const answer = await orCount(operations.executeDeferred(request), () => count(type, FAULT))
      count(type, codeOf('later' in answer ? answer.initial : answer))
      durations.add((performance.now() - startedAt) / 1_000, type)
      return answer
    },
    prepareSubscription: async (request) => {
      const type = typeOf(request)
      const prepared = await orCount(operations.prepareSubscription(request), () => count(type, FAULT))
      count(type, codeOf(prepared))
      return prepared
    },
  }
}

/** The same parser for sockets and streams; what it refuses is counted. Apollo Server's refusals are counted by its plugin. */
export function countUnparsed(parse: ParseOperation, metrics: Metrics): ParseOperation {
  const count = countOperations(metrics)
  return (query, operationName, caller) => {
    const parsed = parse(query, operationName, caller)
    if ('errors' in parsed) count('unknown', codeOf(parsed))
    return parsed
  }
}

/** Counts the queries that were answered by the execution of an equal one. */
export function countSharedRuns(metrics: Metrics): () => void {
  return metrics.tally({
    name: 'agora_router_shared_executions_total',
    help: 'Queries that were not executed, as the execution of an equal one that was under way answered them too',
  })
}

const FAULT = 'INTERNAL_SERVER_ERROR'

async function orCount<Result>(result: Promise<Result>, count: () => void): Promise<Result> {
  try {
    return await result
  } catch (error) {
    count()
    throw error
  }
}

const typeOf = ({ document, operationName }: OperationRequest): string =>
  getOperationAST(document, operationName)?.operation ?? 'unknown'

function codeOf(result: object & Pick<ExecutionResult, 'errors'>): string {
  const [first] = result.errors ?? []
  if (first === undefined) return 'OK'
  const { code } = first.extensions
  return typeof code === 'string' ? code : FAULT
}
