import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type ExecutionArgs, type ExecutionResult, GraphQLError } from 'graphql'
import type { Context } from 'graphql-ws'
import { type Extra, useServer } from 'graphql-ws/use/ws'
import { WebSocketServer } from 'ws'
import { CallerError } from '#platform/kernel/errors.ts'
import type { Running } from '#platform/runtime/lifecycle.ts'
import type { Logger } from '#platform/runtime/logger.ts'
import { maskErrors } from '../errors.ts'
import type { OperationRequest } from '../executor/executor.ts'
import type { Operations } from '../operations/operations.ts'
import type { ParseOperation } from '../operations/parse-operation.ts'
import { createRequestContext, textOf } from '../request-context.ts'
import { type Authenticate } from '../security/authenticate.ts'
import type { LoadedSupergraph } from '../supergraph/load-supergraph.ts'
import type { Session, Sessions } from './sessions.ts'
import { subscribe } from './subscribe.ts'
import type { Upstream } from './upstream.ts'

/** What serving sockets needs of the router. */
export type WebSocketParts = {
  supergraph: LoadedSupergraph
  operations: Operations
  parse: ParseOperation
  authenticate: Authenticate
  sessions: Sessions
  upstream: Upstream
  log: Logger
  timeoutMs: number
}

type Connection = Context<Record<string, unknown> | undefined, Extra & { session?: Session }>

const PATH = '/graphql'
const UNAUTHORIZED = 4401
const GOING_AWAY = 1001
const LONGEST_MESSAGE_BYTES = 1_000_000

/**
 * Queries, mutations and subscriptions over graphql-transport-ws at `/graphql`. `connection_init` carries
 * `{ authorization: 'Bearer …' }`; a token that does not hold closes the socket with 4401.
 */
export function serveWebSocket(server: Server, parts: WebSocketParts): Running {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: LONGEST_MESSAGE_BYTES, perMessageDeflate: false })
  const underWay = new Set<Promise<unknown>>()
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if ((request.url ?? '/').split('?', 1)[0] !== PATH)
      return void socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n')
    sockets.handleUpgrade(request, socket, head, (client) => sockets.emit('connection', client, request))
  })
  const { dispose } = useServer<Record<string, unknown> | undefined, { session?: Session }>(
    {
      onConnect: (connection) => open(connection, parts),
      onClose: (connection) => connection.extra.session?.close(),
      onSubscribe: (connection, _id, payload) => prepare(connection, payload, parts),
      execute: (args) => track(underWay, execute(args as PreparedArgs, parts)),
      subscribe: (args) => start(args as PreparedArgs, parts),
      // Returned from here, nothing reaches graphql-ws that has no toJSON of its own.
      onNext: (_connection, _id, _payload, _args, result) => ({
        ...result,
        ...(result.errors && { errors: result.errors.map(toPlain) }),
      }),
      onError: (_connection, _id, _payload, errors) => errors.map(toPlain),
    },
    sockets,
  )
  return {
    stop: async () => {
      await Promise.allSettled(underWay)
      for (const socket of sockets.clients) socket.close(GOING_AWAY, 'the router is going away')
      await dispose()
    },
  }
}

type PreparedArgs = ExecutionArgs & { contextValue: { request: OperationRequest; ended: AbortSignal } }

async function open(connection: Connection, parts: WebSocketParts): Promise<boolean> {
  const { request, socket } = connection.extra
  const headers = { ...request.headers, ...connection.connectionParams }
  try {
    const authorization = textOf(connection.connectionParams ?? {}, 'authorization') ?? request.headers.authorization
    const identity = await parts.authenticate(authorization)
    connection.extra.session = parts.sessions.open({ identity, headers, clientAddress: request.socket.remoteAddress })
    if (socket.readyState !== socket.OPEN) connection.extra.session.close()
    return true
  } catch (error) {
    if (!(error instanceof CallerError)) throw error
    socket.close(error.code === 'UNAUTHENTICATED' ? UNAUTHORIZED : 1013, error.code)
    return false
  }
}

/** The arguments of one operation, or why it can't be served. */
function prepare(
  connection: Connection,
  payload: { query: string; operationName?: string | null; variables?: Record<string, unknown> | null },
  parts: WebSocketParts,
) {
  const { session } = connection.extra
  if (session === undefined) throw new Error('expected a session: connection_init comes first')
  if (session.ended.aborted) return [session.ended.reason as GraphQLError]
  const operationName = payload.operationName ?? undefined
  const parsed = parts.parse(payload.query, operationName)
  if ('errors' in parsed) return parsed.errors
  const context = createRequestContext(session.headers, {
    identity: session.identity,
    clientAddress: session.clientAddress,
    signal: AbortSignal.timeout(parts.timeoutMs),
  })
  const request: OperationRequest = {
    document: parsed.document,
    operationName,
    variables: payload.variables ?? {},
    context,
  }
  return {
    schema: parts.supergraph.apiSchema,
    document: parsed.document,
    operationName: operationName ?? null,
    contextValue: { request, ended: session.ended },
  }
}

async function execute({ contextValue: { request } }: PreparedArgs, parts: WebSocketParts): Promise<ExecutionResult> {
  try {
    return await parts.operations.execute(request)
  } catch (error) {
    return { data: null, errors: masked(error, request, parts) }
  }
}

function start(
  { contextValue: { request, ended } }: PreparedArgs,
  parts: WebSocketParts,
): ReturnType<typeof subscribe> | ExecutionResult {
  try {
    const prepared = parts.operations.prepareSubscription(request)
    if ('errors' in prepared) return { errors: prepared.errors }
    const { upstream, log, timeoutMs } = parts
    return subscribe(prepared, request, { upstream, log, timeoutMs, ended, subgraphs: parts.supergraph.subgraphs })
  } catch (error) {
    return { errors: masked(error, request, parts) }
  }
}

const masked = (error: unknown, request: OperationRequest, { log }: WebSocketParts): GraphQLError[] =>
  maskErrors(
    [error instanceof GraphQLError ? error : new GraphQLError('unexpected', { originalError: error as Error })],
    { log, requestId: request.context.requestId },
  )

function track<Value>(underWay: Set<Promise<unknown>>, work: Promise<Value>): Promise<Value> {
  underWay.add(work)
  return work.finally(() => underWay.delete(work))
}

/** Over a socket there is no HTTP status to set. */
function toPlain(error: GraphQLError) {
  const { extensions: { http: _http, ...extensions } = {}, ...plain } =
    typeof error.toJSON === 'function' ? error.toJSON() : error
  return { ...plain, extensions }
}
