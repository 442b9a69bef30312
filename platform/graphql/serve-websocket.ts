import type { Server } from 'node:http'
import {
  createSourceEventStream,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  parse,
  validate,
} from 'graphql'
import type { SubscribePayload } from 'graphql-ws'
import { useServer } from 'graphql-ws/use/ws'
import { WebSocketServer } from 'ws'
import { CallerError } from '../kernel/errors.ts'
import type { Running } from '../runtime/lifecycle.ts'
import type { Logger } from '../runtime/logger.ts'
import type { ContextFactory, RequestHeaders } from './context.ts'
import type { RequestContext } from './define-subgraph.ts'
import { formatError, toGraphQLError } from './format-error.ts'

const GOING_AWAY = 1001
// Who does not answer the closing of its socket within this time is not there any more.
const CLOSING_MS = 2_000
// As for the body of an HTTP request.
const MESSAGE_LIMIT_BYTES = 1_000_000

type RenewContext = () => Promise<object>
type Parts = { schema: GraphQLSchema; createContext: ContextFactory; log: Logger }
type Context = RequestContext<unknown, unknown>
type Renewals = WeakMap<object, RenewContext>

/** Subscriptions over graphql-transport-ws on the server's /graphql. `connection_init` carries the request's headers. */
export function serveWebSocket(options: Parts & { server: Server }): Running {
  const { server, log } = options
  const sockets = new WebSocketServer({
    server,
    path: '/graphql',
    perMessageDeflate: false,
    maxPayload: MESSAGE_LIMIT_BYTES,
  })
  const renewals: Renewals = new WeakMap()
  const { dispose } = useServer<Record<string, unknown>>(
    {
      onConnect: ({ connectionParams }) => isWelcome(options, headersOf(connectionParams)),
      onSubscribe: ({ connectionParams }, _id, payload) =>
        prepare(options, renewals, { headers: headersOf(connectionParams), payload }),
      subscribe: (args) => subscribe(args, renewals),
      onError: (_context, _id, _payload, errors) => errors.map((error) => formatError(error, log)),
      onNext: (_context, _id, _payload, { contextValue }, result) => mask(result, (contextValue as Context).log),
    },
    sockets,
  )
  return {
    stop: async () => {
      for (const socket of sockets.clients) socket.close(GOING_AWAY, 'the server is going away')
      const late = setTimeout(() => sockets.clients.forEach((socket) => socket.terminate()), CLOSING_MS)
      await dispose()
      clearTimeout(late)
    },
  }
}

/** What a client sends in `connection_init` is any JSON; of that, what can be a header. */
const headersOf = (params: Readonly<Record<string, unknown>> | undefined): RequestHeaders =>
  Object.fromEntries(
    Object.entries(params ?? {}).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name.toLowerCase(), value]] : [],
    ),
  )

/** A bad token closes the socket with 4403, before anything is subscribed. Other faults are told to each operation. */
async function isWelcome({ createContext }: Parts, headers: RequestHeaders): Promise<boolean> {
  try {
    await createContext(headers)
    return true
  } catch (error) {
    return !(error instanceof CallerError && error.code === 'UNAUTHENTICATED')
  }
}

type Asked = { headers: RequestHeaders; payload: SubscribePayload }

/**
 * What is to be executed, or why nothing is: a token that was good when the socket opened may have expired since. What
 * is thrown here would close the socket, and with it all its other subscriptions.
 */
async function prepare(
  { schema, createContext }: Parts,
  renewals: Renewals,
  { headers, payload }: Asked,
): Promise<ExecutionArgs | readonly GraphQLError[]> {
  const { query, operationName, variables: variableValues } = payload
  try {
    const document = parse(query)
    const faults = validate(schema, document)
    if (faults.length > 0) return faults
    const renew = () => createContext(headers)
    const contextValue = await renew()
    renewals.set(contextValue, renew)
    return { schema, document, operationName, variableValues, contextValue }
  } catch (error) {
    if (error instanceof CallerError) return [toGraphQLError(error)]
    if (error instanceof GraphQLError) return [withCode(error, 'GRAPHQL_PARSE_FAILED')]
    return [new GraphQLError('the context could not be made', { originalError: error as Error })]
  }
}

const withCode = ({ message, source, positions }: GraphQLError, code: string): GraphQLError =>
  new GraphQLError(message, { source, positions, extensions: { code } })

/**
 * As graphql-js does it, but each event gets a context of its own: one that is shared would answer later events from the
 * first event's loaders, and go on after the token has expired. Ends with an error once the context can't be renewed.
 */
async function subscribe(args: ExecutionArgs, renewals: Renewals) {
  const renew = renewals.get(args.contextValue as object)
  if (renew === undefined) throw new Error('expected the context that this socket made')
  const source = await createSourceEventStream(args)
  // Its errors are masked by `onNext`, as every result is: masked twice, the caller's own faults would be hidden.
  if (!(Symbol.asyncIterator in source)) return source
  const events = source[Symbol.asyncIterator]()
  const renewed = async () => {
    try {
      return await renew()
    } catch (error) {
      await events.return?.()
      throw error
    }
  }
  const iterator: AsyncIterableIterator<ExecutionResult> = {
    next: async () => {
      const event = await events.next()
      if (event.done === true) return { value: undefined, done: true }
      return { value: await execute({ ...args, rootValue: event.value, contextValue: await renewed() }), done: false }
    },
    // Passed on at once: it must not wait behind a pending `next`, or what is followed stays subscribed until its next event.
    return: async () => {
      await events.return?.()
      return { value: undefined, done: true }
    },
    [Symbol.asyncIterator]: () => iterator,
  }
  return iterator
}

const mask = (result: ExecutionResult, log: Logger): ExecutionResult & { errors?: readonly GraphQLFormattedError[] } =>
  result.errors === undefined
    ? result
    : { ...result, errors: result.errors.map((error) => formatError(error, log)) as never }
