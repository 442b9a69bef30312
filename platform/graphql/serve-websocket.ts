import type { Server } from 'node:http'
import { createSourceEventStream, type ExecutionArgs, type ExecutionResult, execute, type GraphQLError, type GraphQLFormattedError, type GraphQLSchema } from 'graphql'
import { useServer } from 'graphql-ws/use/ws'
import { WebSocketServer } from 'ws'
import { CallerError } from '../kernel/errors.ts'
import type { Running } from '../runtime/lifecycle.ts'
import type { Logger } from '../runtime/logger.ts'
import type { ContextFactory, RequestHeaders } from './context.ts'
import { formatError, toGraphQLError } from './format-error.ts'

const GOING_AWAY = 1001

type RenewContext = () => Promise<object>

/** Subscriptions over graphql-transport-ws on the server's /graphql. `connection_init` carries the request's headers. */
export function serveWebSocket(options: { server: Server; schema: GraphQLSchema; createContext: ContextFactory; log: Logger }): Running {
  const { schema, createContext, log } = options
  const sockets = new WebSocketServer({ server: options.server, path: '/graphql', perMessageDeflate: false })
  const renewals = new WeakMap<object, RenewContext>()
  const { dispose } = useServer<RequestHeaders>(
    {
      schema,
      onConnect: ({ connectionParams = {} }) => isWelcome(createContext, connectionParams),
      onSubscribe: async ({ connectionParams = {} }) => refusalOf(createContext, connectionParams),
      context: async ({ connectionParams = {} }) => {
        const renew = () => createContext(connectionParams)
        const context = await renew()
        renewals.set(context, renew)
        return context
      },
      subscribe: (args) => subscribe(args, renewals),
      onError: (_context, _id, _payload, errors) => errors.map((error) => formatError(error, log)),
      onNext: (_context, _id, _payload, _args, result) => mask(result, log),
    },
    sockets,
  )
  return {
    stop: async () => {
      for (const socket of sockets.clients) socket.close(GOING_AWAY, 'the server is going away')
      await dispose()
    },
  }
}

/** A bad token closes the socket with 4403, before anything is subscribed. */
const isWelcome = async (createContext: ContextFactory, headers: RequestHeaders): Promise<boolean> =>
  (await refusalOf(createContext, headers)) === undefined

/** Why no context can be made: a token that was good when the socket opened may have expired since. */
async function refusalOf(createContext: ContextFactory, headers: RequestHeaders): Promise<readonly GraphQLError[] | undefined> {
  try {
    await createContext(headers)
    return undefined
  } catch (error) {
    if (error instanceof CallerError) return [toGraphQLError(error)]
    throw error
  }
}

/**
 * As graphql-js does it, but each event gets a context of its own: one that is shared would answer later events from the
 * first event's loaders, and go on after the token has expired. Ends with an error once the context can't be renewed.
 */
async function subscribe(args: ExecutionArgs, renewals: WeakMap<object, RenewContext>) {
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
  result.errors === undefined ? result : { ...result, errors: result.errors.map((error) => formatError(error, log)) as never }
