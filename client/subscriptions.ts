import { type Client as Socket, createClient as createSocket } from 'graphql-ws'
import { createQueue } from '#platform/live/queue.ts'
import { type GraphError, GraphRequestError, isUnauthenticated } from './errors.ts'
import { isPassingFailure, wait } from './retry.ts'
import type { Operation } from './send.ts'
import type { SessionKeeper } from './session-keeper.ts'

/** What subscriptions run over. `webSocketImpl`: the platform's own unless given. */
export type SubscriptionOptions = {
  url: string
  headers: Readonly<Record<string, string>>
  session: SessionKeeper
  webSocketImpl?: unknown
}

/** Subscriptions over one socket; another one takes over when the token changes. */
export type Subscriptions = {
  /**
   * The data of each event. Ends when the router ends it, `signal` is aborted or the reader leaves. Resumes by itself; the first
   * event after that is the state as it is by then. A reader that is far behind misses the oldest events.
   */
  events<Data>(operation: Operation, signal: AbortSignal): AsyncIterableIterator<Data>
  close(): Promise<void>
}

type Connection = { socket: Socket; token: string | undefined }
type Follow<Data> = { connect: () => Promise<Connection>; session: SessionKeeper; push: (data: Data) => void }

// A proxy that drops silent connections does so after a minute or less.
const KEEP_ALIVE_MS = 12_000
const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 10_000
// What ends again and again without an event is not going to be better.
const MOST_RESUMPTIONS = 5
// Ends that pass: the graph was changed, or something behind the router is out. docs/errors.md says what each means.
const PASSING: ReadonlySet<string | undefined> = new Set([
  'SUBSCRIPTION_SCHEMA_RELOAD',
  'DOWNSTREAM_SERVICE_ERROR',
  'SUBGRAPH_UNAVAILABLE',
  'OVERLOADED',
])

/** New {@link Subscriptions}; nothing is connected before the first. */
export function createSubscriptions(options: SubscriptionOptions): Subscriptions {
  let current: Connection | undefined
  const sockets = new Set<Socket>()
  const connect = async (): Promise<Connection> => {
    const token = await options.session.token()
    if (current !== undefined && current.token === token) return current
    // The old one closes by itself when its last subscription is over.
    current = { token, socket: openSocket(options, token) }
    sockets.add(current.socket)
    return current
  }
  return {
    events: <Data>(operation: Operation, signal: AbortSignal) => {
      const left = new AbortController()
      const queue = createQueue<Data>(() => left.abort())
      const over = AbortSignal.any([signal, left.signal])
      const following = follow<Data>(operation, over, { connect, session: options.session, push: queue.push })
      // Who gave up is not told so.
      following.then(queue.end, (error: unknown) => (over.aborted ? queue.end() : queue.fail(error)))
      return queue
    },
    close: async () => {
      for (const socket of sockets) await socket.dispose()
    },
  }
}

const openSocket = ({ url, headers, webSocketImpl }: SubscriptionOptions, token: string | undefined): Socket =>
  createSocket({
    url,
    webSocketImpl,
    keepAlive: KEEP_ALIVE_MS,
    connectionParams: { ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    // A lost socket is opened again for as long as somebody listens, and each subscription starts anew on it.
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: (reason) => !isRefusal(reason),
    retryWait: (retries) => wait(backoffMs(retries), new AbortController().signal),
  })

/** Subscribes, again and again where that helps, until it is over. */
async function follow<Data>(
  operation: Operation,
  signal: AbortSignal,
  { connect, session, push }: Follow<Data>,
): Promise<void> {
  let resumptions = 0
  const take = (data: Data) => {
    resumptions = 0
    push(data)
  }
  while (!signal.aborted) {
    const connection = await persist(connect, signal)
    const ended = await untilEnd(connection.socket, operation, signal, take)
    if (ended === undefined || signal.aborted) return
    const isPassing = await persist(() => mayResume(ended, connection.token, session), signal)
    if (resumptions >= MOST_RESUMPTIONS || !isPassing) throw new GraphRequestError({ errors: ended })
    await wait(backoffMs(resumptions), signal)
    resumptions += 1
  }
}

/** Both need a token, which may have to be refreshed when the network is away: as a lost socket, it is tried for as long as somebody listens. */
async function persist<Value>(attempt: () => Promise<Value>, signal: AbortSignal): Promise<Value> {
  for (let failures = 0; ; failures += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (!isPassingFailure(error)) throw error
    }
    await wait(backoffMs(failures), signal)
  }
}

/** Resolves with the errors that ended it, or nothing where it simply ended. An event without data is an end: the next start answers it. */
function untilEnd<Data>(
  socket: Socket,
  { query, variables }: Operation,
  signal: AbortSignal,
  take: (data: Data) => void,
): Promise<readonly GraphError[] | undefined> {
  const { promise, resolve } = Promise.withResolvers<readonly GraphError[] | undefined>()
  const dispose = socket.subscribe<Data>(
    { query, variables: { ...variables } },
    {
      next: ({ data, errors }) => {
        if (data !== undefined && data !== null) return take(data)
        resolve(errors ?? [])
      },
      error: (reason) => resolve(errorsOf(reason)),
      complete: () => resolve(undefined),
    },
  )
  signal.addEventListener('abort', () => resolve(undefined), { once: true })
  return promise.finally(dispose)
}

async function mayResume(
  ended: readonly GraphError[],
  token: string | undefined,
  session: SessionKeeper,
): Promise<boolean> {
  if (isUnauthenticated(ended)) return token !== undefined && (await session.replace(token)) !== undefined
  return ended.some(({ extensions }) => PASSING.has(extensions?.code))
}

/** The router's errors, or a refused socket as one of them. */
function errorsOf(reason: unknown): readonly GraphError[] {
  if (Array.isArray(reason)) return reason as readonly GraphError[]
  const code = closeCodeOf(reason)
  const message = `the router closed the socket with ${code ?? 'no code'}`
  return [{ message, extensions: { code: code === UNAUTHORIZED ? 'UNAUTHENTICATED' : 'BAD_REQUEST' } }]
}

const UNAUTHORIZED = 4401

/** 44xx: the router does not want this socket, and won't want it the next time. */
const isRefusal = (reason: unknown): boolean => {
  const code = closeCodeOf(reason)
  return code !== undefined && code >= 4400 && code < 4500
}

const closeCodeOf = (reason: unknown): number | undefined =>
  typeof reason === 'object' && reason !== null && 'code' in reason && typeof reason.code === 'number'
    ? reason.code
    : undefined

const backoffMs = (failures: number): number => Math.random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures)
