import type { IncomingMessage, ServerResponse } from 'node:http'
import { ApolloServer, type ApolloServerPlugin, HeaderMap, type HTTPGraphQLResponse } from '@apollo/server'
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled'
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled'
import { GraphQLError, type GraphQLSchema } from 'graphql'
import { CallerError, type ErrorCode } from '../kernel/errors.ts'
import { answerJson, type HttpHandler, readBody } from '../runtime/http.ts'
import type { Logger } from '../runtime/logger.ts'
import type { Metrics } from '../runtime/metrics.ts'
import type { ContextFactory } from './context.ts'
import type { RequestContext } from './define-subgraph.ts'
import { formatError, toGraphQLError } from './format-error.ts'
import { countOperations } from './operation-metrics.ts'
import { limitKeptAnswers } from './kept-answers.ts'
import { giveUpQueries } from './request-time.ts'

type Context = RequestContext<unknown, unknown>

/** An Apollo Server for `schema`, started. Errors are masked; nothing is printed, sent home or stopped by signals. */
export async function startApolloServer(
  schema: GraphQLSchema,
  log: Logger,
  metrics: Metrics,
): Promise<ApolloServer<Context>> {
  const logs = new WeakMap<object, Logger>()
  const server = new ApolloServer<Context>({
    schema,
    introspection: true,
    stopOnTerminationSignals: false,
    includeStacktraceInErrorResponses: false,
    allowBatchedHttpRequests: false,
    csrfPrevention: true,
    logger: log,
    formatError: (formatted, error) =>
      formatError(error, logOf(logs, error) ?? log, String(formatted.extensions?.code)),
    plugins: [
      rememberLogs(logs),
      limitKeptAnswers(schema),
      countOperations(metrics),
      giveUpQueries,
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
    ],
  })
  await server.start()
  return server
}

/** Apollo formats errors without their request: this remembers whose log each belongs to, the one with the request's id. */
const rememberLogs = (logs: WeakMap<object, Logger>): ApolloServerPlugin<Context> => ({
  requestDidStart: async () => ({
    didEncounterErrors: async ({ errors, contextValue }) => {
      for (const error of errors) logs.set(error, contextValue.log)
    },
  }),
})

const logOf = (logs: WeakMap<object, Logger>, error: unknown): Logger | undefined =>
  typeof error === 'object' && error !== null ? logs.get(error) : undefined

/** Answers GraphQL over HTTP. */
export const graphqlHandler =
  (server: ApolloServer<Context>, createContext: ContextFactory): HttpHandler =>
  async (request, response) => {
    const body = await readJson(request, response)
    if (body === undefined) return
    const url = new URL(request.url ?? '/', 'http://localhost')
    const answer = await server.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method: request.method ?? 'GET', headers: headersOf(request), search: url.search, body },
      context: () => createContext(request.headers).catch(asGraphQLError),
    })
    await send(response, answer)
  }

function headersOf(request: IncomingMessage): HeaderMap {
  const headers = new HeaderMap()
  for (const [name, value] of Object.entries(request.headers))
    headers.set(name, Array.isArray(value) ? value.join(', ') : (value ?? ''))
  return headers
}

/** The body as JSON; `{}` where there is none, undefined where it is not JSON and was answered so. */
async function readJson(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
  const text = await readBody(request)
  if (text === '') return {}
  try {
    return JSON.parse(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    answerJson(response, 400, { errors: [{ message: 'body: expected JSON', extensions: { code: 'BAD_REQUEST' } }] })
    return undefined
  }
}

// A refused token, as RFC 6750 has it; one that can't be checked now.
const STATUS: Partial<Record<ErrorCode, number>> = { UNAUTHENTICATED: 401, DOWNSTREAM_SERVICE_ERROR: 503 }

/** Of making the context: a bad header answers 400. */
function asGraphQLError(error: unknown): never {
  if (error instanceof CallerError) throw toGraphQLError(error, STATUS[error.code] ?? 400)
  if (error instanceof GraphQLError) throw error
  throw new GraphQLError('the context could not be made', { originalError: error as Error })
}

async function send(response: ServerResponse, answer: HTTPGraphQLResponse): Promise<void> {
  for (const [name, value] of answer.headers) response.setHeader(name, value)
  response.statusCode = answer.status ?? 200
  if (answer.body.kind === 'complete') return void response.end(answer.body.string)
  for await (const chunk of answer.body.asyncIterator) response.write(chunk)
  response.end()
}
