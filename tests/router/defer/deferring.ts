import { after } from 'node:test'
import { type ExecutionResult, getOperationAST, parse, specifiedRules, validate } from 'graphql'
import { deferRules } from '../../../router/defer/defer-rules.ts'
import type { DeferredAnswer } from '../../../router/defer/execute-deferred.ts'
import { createCompiledExecutor } from '../../../router/executor/compiled-executor.ts'
import { createHttpPools } from '../../../router/executor/http-pools.ts'
import { createSubgraphCalls } from '../../../router/executor/subgraph-calls.ts'
import { createOperations } from '../../../router/operations/operations.ts'
import { createPlanner } from '../../../router/planner/planner.ts'
import { createRequestContext } from '../../../router/request-context.ts'
import { ANONYMOUS } from '../../../router/security/authenticate.ts'
import type { LoadedSupergraph } from '../../../router/supergraph/load-supergraph.ts'
import { quiet } from '../../support/quiet.ts'
import type { GeneratedOperation } from '../differential/operations.ts'
import { mergeParts, type Part } from './read-parts.ts'

/** One operation, answered whole and in parts. */
export type Both = { whole: Part; parts: Part[]; merged: ReturnType<typeof mergeParts> }

const LIMITS = { timeoutMs: 5_000, maxConcurrent: 256 }
const NO_LIMITS = {
  enter: () => () => undefined,
  charge: () => undefined,
  withCost: (_request: unknown, result: ExecutionResult) => result,
}

/** Runs operations whole and in parts, by the router's own planner; undefined where an operation is not valid. */
export function createDeferring(
  supergraph: LoadedSupergraph,
): (operation: GeneratedOperation) => Promise<Both | undefined> {
  const planner = createPlanner(supergraph, { log: quiet })
  const calls = createSubgraphCalls({ transport: createHttpPools(() => LIMITS), shareInFlight: true })
  after(() => Promise.all([planner.stop(), calls.stop()]))
  const executor = createCompiledExecutor(supergraph, { planner, calls, log: quiet })
  const operations = createOperations(supergraph, executor, { log: quiet, limits: NO_LIMITS })
  return async ({ text, variables }) => {
    const document = parse(text)
    if (validate(supergraph.apiSchema, document, [...specifiedRules, ...deferRules]).length > 0) return undefined
    const operationName = getOperationAST(document)?.name?.value
    const signal = new AbortController().signal
    const context = createRequestContext({}, { identity: ANONYMOUS, signal, clientAddress: undefined })
    const request = { document, operationName, variables, context }
    const whole = plain(await operations.execute(request))
    const parts = await partsOf(await operations.executeDeferred(request))
    return { whole, parts, merged: mergeParts(parts) }
  }
}

async function partsOf(answer: ExecutionResult | DeferredAnswer): Promise<Part[]> {
  if (!('later' in answer)) return [plain(answer)]
  const parts = [plain(answer.initial)]
  for await (const { arrived, hasNext } of answer.later) parts.push(plain({ incremental: arrived, hasNext }))
  return parts
}

/** As it is sent. */
const plain = (value: unknown): Part => JSON.parse(JSON.stringify(value))
