import { after } from 'node:test'
import { type DocumentNode, getVariableValues, getOperationAST, type ExecutionResult, parse } from 'graphql'
import { answerJson, close, listen, readBody } from '#platform/runtime/http.ts'
import { createLogger } from '#platform/runtime/logger.ts'
import { createCompiledExecutor } from '../../../router/executor/compiled-executor.ts'
import type { OperationRequest } from '../../../router/executor/executor.ts'
import { createHttpPools } from '../../../router/executor/http-pools.ts'
import { createSubgraphCalls } from '../../../router/executor/subgraph-calls.ts'
import { Forwarded } from '../../../router/headers/forwarded.ts'
import type { Heard } from '../../../router/headers/heard.ts'
import { ANONYMOUS } from '../../../router/security/authenticate.ts'
import type { RouterOptions } from '../../../router/options/router-options.ts'
import { loadSupergraph } from '../../../router/supergraph/load-supergraph.ts'
import { createPlans } from '../differential/plans.ts'
import { compose } from '../fixtures/graph.ts'

/** What a subgraph answers to a call. */
export type Answer = (call: { query: string; variables: Record<string, unknown> }) => unknown

/** A graph whose subgraphs answer what the test says. */
export type CannedGraph = {
  /** The bodies that each subgraph got, in order. */
  calls: Record<string, { query: string; variables: Record<string, unknown> }[]>
  lines: Record<string, unknown>[]
  run(query: string, options?: Partial<Options>): Promise<ExecutionResult>
}

type Options = {
  variables: Record<string, unknown>
  signal: AbortSignal
  forwarded: Record<string, string>
  heard?: Heard
}

const LIMITS = { timeoutMs: 5_000, maxConcurrent: 256 }
/** `sharing`: documents are remembered, as a router does, and equal requests share whole runs. */
type CannedOptions = { shareInFlight?: boolean; sharing?: RouterOptions['sharing'] }

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@external", "@requires", "@context", "@fromContext", "@inaccessible"])\n`

/** Serves subgraphs until the file's tests are over, and executes operations over them. */
export async function startCanned(
  subgraphs: Record<string, { sdl: string; answer: Answer }>,
  { shareInFlight = true, sharing }: CannedOptions = {},
): Promise<CannedGraph> {
  const calls: CannedGraph['calls'] = {}
  const lines: Record<string, unknown>[] = []
  const served = await Promise.all(
    Object.entries(subgraphs).map(async ([name, { sdl, answer }]) => {
      const own = (calls[name] = [] as CannedGraph['calls'][string])
      const { server, url } = await listen(
        {
          paths: {
            '/': async (request, response) => {
              const call = JSON.parse(await readBody(request))
              own.push(call)
              answerJson(response, 200, await answer(call))
            },
          },
          otherwise: (_request, response) => answerJson(response, 404, {}),
        },
        { host: '127.0.0.1', port: 0 },
      )
      after(() => {
        server.closeAllConnections()
        return close(server)
      })
      return { name, url, sdl: LINK + sdl }
    }),
  )
  const supergraph = loadSupergraph(compose(served))
  const subgraphCalls = createSubgraphCalls({ transport: createHttpPools(() => LIMITS), shareInFlight })
  after(() => subgraphCalls.stop())
  const log = createLogger({
    service: 'test',
    level: 'info',
    destination: { write: (line: string) => void lines.push(JSON.parse(line)) },
  })
  const parts = { planner: createPlans(supergraph), calls: subgraphCalls, log }
  const executor = createCompiledExecutor(supergraph, sharing === undefined ? parts : { ...parts, sharing })
  const documents = new Map<string, DocumentNode>()
  return {
    calls,
    lines,
    run: async (query, { variables = {}, signal = new AbortController().signal, forwarded = {}, heard } = {}) => {
      const document = documents.get(query) ?? parse(query)
      if (sharing !== undefined) documents.set(query, document)
      const definitions = getOperationAST(document)?.variableDefinitions ?? []
      const { coerced = {} } = getVariableValues(supergraph.apiSchema, definitions, variables)
      const result = await executor.execute({
        document,
        operationName: undefined,
        variables: coerced,
        context: { ...contextOf(signal, forwarded), heard },
      })
      return JSON.parse(JSON.stringify(result))
    },
  }
}

const contextOf = (signal: AbortSignal, forwarded: Record<string, string>): OperationRequest['context'] => ({
  requestId: forwarded['x-request-id'] ?? 'test',
  identity: ANONYMOUS,
  headers: {},
  forwarded: new Forwarded(forwarded),
  signal,
  isOverridden: () => false,
})
