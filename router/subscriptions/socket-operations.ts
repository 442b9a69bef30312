import { type ExecutionArgs, type ExecutionResult, GraphQLError } from 'graphql'
import type { Context, ServerOptions } from 'graphql-ws'
import { CallerError } from '#platform/kernel/errors.ts'
import type { Logger } from '#platform/runtime/logger.ts'
import type { ClientAddressOf } from '../client-address.ts'
import { maskErrors } from '../errors.ts'
import type { RequestRules } from '../headers/request-rules.ts'
import type { ResponseRules } from '../headers/response-rules.ts'
import type { Cors } from '../http/cors.ts'
import type { OperationRequest } from '../executor/executor.ts'
import type { PreparedSubscription } from '../operations/operations.ts'
import { createRequestContext, type OverrideSettings } from '../request-context.ts'
import { lowerCased, type RequestHeaders } from '../request-headers.ts'
import type { Authenticate } from '../security/authenticate.ts'
import type { Serving } from '../supergraph/serving.ts'
import type { Session, Sessions } from './sessions.ts'
import type { Peer } from './socket-adapter.ts'
import { subscribe } from './subscribe.ts'
import type { Upstream } from './upstream.ts'

/** What serving sockets needs of the router. */
export type SocketParts = {
  serving: () => Serving
  authenticate: Authenticate
  sessions: Sessions
  upstream: Upstream
  log: Logger
  timeoutMs: number
  overrides: OverrideSettings
  clientAddressOf: ClientAddressOf
  longestMessageBytes: number
  cors: Cors
  requestRules: RequestRules | undefined
  responseRules: ResponseRules | undefined
}

/** One client's socket; it has a session once its token was accepted. */
export type Client = Peer & { session?: Session; underWay?: Map<string, PromiseWithResolvers<void>> }

const UNAUTHORIZED = 4401
const TRY_AGAIN_LATER = 1013

/** How graphql-ws serves what comes over a socket. `settled` resolves when every query and mutation under way was answered. */
export function socketOperations(parts: SocketParts): {
  options: ServerOptions<Record<string, unknown> | undefined, Client>
  settled(): Promise<unknown>
} {
  const clients = new Set<Client>()
  return {
    settled: () =>
      Promise.all(
        [...clients].flatMap(({ underWay }) => [...(underWay?.values() ?? [])].map(({ promise }) => promise)),
      ),
    options: {
      onConnect: (connection) => {
        clients.add(connection.extra)
        return open(connection, parts)
      },
      onClose: ({ extra }) => {
        clients.delete(extra)
        extra.session?.close()
        for (const { resolve } of extra.underWay?.values() ?? []) resolve()
      },
      onSubscribe: (connection, id, payload) => {
        const prepared = prepare(connection, payload, parts)
        if ('contextValue' in prepared && prepared.kind !== 'subscription') begin(connection.extra, id)
        return prepared
      },
      // Comes after the answer has left.
      onComplete: (connection, id) => end(connection.extra, id),
      execute: (args) => execute(args as PreparedArgs, parts),
      subscribe: (args) => start(args as PreparedArgs, parts),
      // Returned from here, nothing reaches graphql-ws that has no toJSON of its own.
      onNext: (_connection, _id, _payload, _args, result) => ({
        ...result,
        ...(result.errors && { errors: result.errors.map(toPlain) }),
      }),
      onError: (_connection, _id, _payload, errors) => errors.map(toPlain),
    },
  }
}

type Connection = Context<Record<string, unknown> | undefined, Client>
type PreparedArgs = ExecutionArgs & {
  contextValue: { request: OperationRequest; ended: AbortSignal; serving: Serving }
}
type Payload = { query: string; operationName?: string | null; variables?: Record<string, unknown> | null }

async function open(connection: Connection, parts: SocketParts): Promise<boolean> {
  const { request, socket } = connection.extra
  const headers: RequestHeaders = { ...request.headers, ...lowerCased(connection.connectionParams ?? {}) }
  try {
    const { authorization } = headers
    const identity = await parts.authenticate(typeof authorization === 'string' ? authorization : undefined)
    connection.extra.session = parts.sessions.open({ identity, headers, clientAddress: parts.clientAddressOf(request) })
    if (socket.readyState !== socket.OPEN) connection.extra.session.close()
    return true
  } catch (error) {
    if (!(error instanceof CallerError)) throw error
    socket.close(error.code === 'UNAUTHENTICATED' ? UNAUTHORIZED : TRY_AGAIN_LATER, error.code)
    return false
  }
}

/** The arguments of one operation, or why it can't be served. */
function prepare(connection: Connection, payload: Payload, parts: SocketParts) {
  const { session } = connection.extra
  if (session === undefined) throw new Error('expected a session: connection_init comes first')
  if (session.ended.aborted) return [session.ended.reason as GraphQLError]
  const operationName = payload.operationName ?? undefined
  const serving = parts.serving()
  const parsed = serving.parse(payload.query, operationName)
  if ('errors' in parsed) return parsed.errors
  const context = createRequestContext(session.headers, {
    identity: session.identity,
    clientAddress: session.clientAddress,
    signal: AbortSignal.timeout(parts.timeoutMs),
    overrides: parts.overrides,
    requestRules: parts.requestRules,
  })
  const request: OperationRequest = {
    document: parsed.document,
    operationName,
    variables: payload.variables ?? {},
    context,
  }
  return {
    kind: parsed.operation.operation,
    schema: serving.supergraph.apiSchema,
    document: parsed.document,
    operationName: operationName ?? null,
    contextValue: { request, serving, ended: AbortSignal.any([session.ended, serving.replaced]) },
  }
}

async function execute(
  { contextValue: { request, serving } }: PreparedArgs,
  parts: SocketParts,
): Promise<ExecutionResult> {
  const release = serving.hold()
  try {
    return await serving.operations.execute(request)
  } catch (error) {
    return { data: null, errors: masked(error, request, parts) }
  } finally {
    release()
  }
}

async function start(
  { contextValue: { request, ended, serving } }: PreparedArgs,
  parts: SocketParts,
): Promise<ReturnType<typeof subscribe> | ExecutionResult> {
  try {
    const prepared = await serving.operations.prepareSubscription(request)
    if ('errors' in prepared) return { errors: prepared.errors }
    const { upstream, log, timeoutMs } = parts
    return subscribe(holding(serving, prepared), request, {
      upstream,
      log,
      timeoutMs,
      ended,
      subgraphs: serving.supergraph.subgraphs,
    })
  } catch (error) {
    return { errors: masked(error, request, parts) }
  }
}

/** The supergraph stays while an event is answered; between events the subscription does not hold it. */
const holding = (serving: Serving, prepared: PreparedSubscription): PreparedSubscription => ({
  ...prepared,
  answer: async (event, context) => {
    const release = serving.hold()
    try {
      return await prepared.answer(event, context)
    } finally {
      release()
    }
  },
})

const masked = (error: unknown, request: OperationRequest, { log }: SocketParts): GraphQLError[] =>
  maskErrors(
    [error instanceof GraphQLError ? error : new GraphQLError('unexpected', { originalError: error as Error })],
    { log, requestId: request.context.requestId },
  )

function begin(client: Client, id: string): void {
  client.underWay ??= new Map()
  client.underWay.set(id, Promise.withResolvers<void>())
}

function end(client: Client, id: string): void {
  client.underWay?.get(id)?.resolve()
  client.underWay?.delete(id)
}

/** Over a socket there is no HTTP status to set. */
function toPlain(error: GraphQLError) {
  const { extensions: { http: _http, ...extensions } = {}, ...plain } =
    typeof error.toJSON === 'function' ? error.toJSON() : error
  return { ...plain, extensions }
}
