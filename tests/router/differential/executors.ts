import assert from 'node:assert/strict'
import { after } from 'node:test'
import { type ExecutionResult, getOperationAST, getVariableValues, parse, validate } from 'graphql'
import { createCompiledExecutor } from '../../../router/executor/compiled-executor.ts'
import type { Executor, OperationRequest } from '../../../router/executor/executor.ts'
import { createStockExecutor } from './stock-executor.ts'
import { createHttpPools } from '../../../router/executor/http-pools.ts'
import { createSubgraphCalls } from '../../../router/executor/subgraph-calls.ts'
import { Forwarded } from '../../../router/headers/forwarded.ts'
import { ANONYMOUS } from '../../../router/security/authenticate.ts'
import type { LoadedSupergraph } from '../../../router/supergraph/load-supergraph.ts'
import { quiet } from '../../support/quiet.ts'
import type { GeneratedOperation } from './operations.ts'
import { createPlans } from './plans.ts'

/** Both executors over one graph, and what each answers. */
export type Both = { stock: Answered; ours: Answered }

/** An answer as a client reads it. */
export type Answered = { data: unknown; errors: readonly Problem[] }
export type Problem = { message: string; path?: readonly (string | number)[]; extensions?: Record<string, unknown> }

const TIMEOUT_MS = 5_000
const LIMITS = { timeoutMs: TIMEOUT_MS, maxConcurrent: 256 }

/** Runs operations by the stock executor and by ours; undefined where the operation is not valid: keys that can't be merged. */
export function createBoth(supergraph: LoadedSupergraph): (operation: GeneratedOperation) => Promise<Both | undefined> {
  const plans = createPlans(supergraph)
  const calls = createSubgraphCalls({ transport: createHttpPools(() => LIMITS), shareInFlight: true })
  after(() => calls.stop())
  const stock = createStockExecutor(supergraph, { log: quiet, timeoutMs: TIMEOUT_MS, planner: plans })
  // Ours keeps a type that is known where an interface object says the interface's name for it, which stock does not.
  const mended = { ...supergraph.mended, interfaceObjects: new Set<string>() }
  const ours = createCompiledExecutor(
    { ...supergraph, mended },
    {
      log: quiet,
      calls,
      planner: plans,
    },
  )
  return async ({ text, variables }) => {
    const document = parse(text)
    if (validate(supergraph.apiSchema, document).length > 0) return undefined
    const definitions = getOperationAST(document)?.variableDefinitions ?? []
    const { coerced } = getVariableValues(supergraph.apiSchema, definitions, variables)
    assert.ok(coerced, text)
    const request = (): OperationRequest => ({
      document,
      operationName: undefined,
      variables: coerced,
      context: contextOf(),
    })
    return { stock: await run(stock, request()), ours: await run(ours, request()) }
  }
}

const contextOf = (): OperationRequest['context'] => ({
  requestId: 'test',
  identity: ANONYMOUS,
  headers: {},
  forwarded: new Forwarded({}),
  signal: new AbortController().signal,
  isOverridden: () => false,
})

async function run(executor: Pick<Executor, 'execute'>, request: OperationRequest): Promise<Answered> {
  const result: ExecutionResult = JSON.parse(JSON.stringify(await executor.execute(request)))
  return { data: result.data, errors: result.errors ?? [] }
}
