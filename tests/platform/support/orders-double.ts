import { sql } from 'kysely'
import { type GeneratedKeys, generateKeys } from '#platform/auth/generate-keys.ts'
import { defineSubgraph, type RequestContext, type SubgraphDefinition } from '#platform/graphql/define-subgraph.ts'
import { type RunningSubgraph, startSubgraph, SUBGRAPH_VARIABLES } from '#platform/graphql/start-subgraph.ts'
import { CallerError } from '#platform/kernel/errors.ts'
import { liveUpdates } from '#platform/live/updates.ts'
import { readConfig } from '#platform/runtime/config.ts'
import type { Backing } from '../../support/backing.ts'
import { type Answer, type Operation, postGraphQL, subscribeGraphQL } from '../../support/client.ts'
import { serveJwks } from '../../support/jwks.ts'
import { createViewers, type TestViewer, type Viewers } from '../../support/viewers.ts'
import { capturedLog, type Line } from './captured-log.ts'
import { persistence } from './store.ts'

export type Loaded = { made: number }
type Context = RequestContext<null, Loaded>
type Definition = SubgraphDefinition<null, Loaded>
type State = { id: string; version: number }

/** A subgraph of our own that speaks the SDL of orders: as little of it as the platform's tests need. */
export type Double = Viewers & {
  keys: GeneratedKeys
  running: RunningSubgraph
  call(document: string, viewer?: TestViewer, operation?: Partial<Operation>): Promise<Answer>
  subscribe(document: string, token?: string, headers?: Record<string, string>): AsyncIterableIterator<Answer>
  lines(): Line[]
  logText(): string
  stop(): Promise<void>
}

let contexts = 0

/** The order that `orderChanged` follows; tests publish its versions themselves. */
const follow = (context: Context, id: string) =>
  liveUpdates<State>({
    bus: context.runtime.bus,
    channels: [`live:order:${id}`],
    current: async () => [{ id, version: 0 }],
    read: (message) => {
      if (message === 'unreadable') throw new Error('secret detail: 10.0.0.7')
      return message as State
    },
    identify: (state) => state,
  })

const resolvers = {
  Query: {
    order: async (_: unknown, { id }: { id: string }, context: Context) => {
      if (id === 'bug') throw new Error('secret detail: /srv/app at 10.0.0.7')
      if (id === 'sql') await sql`select password from nowhere where token = ${'s3cret'}`.execute(context.sql)
      if (id === 'caller') throw new CallerError('NOT_FOUND', 'order: expected one that exists', 'id')
      if (id === 'neighbour') await context.runtime.neighbours(neighbourCall(context))
      return {
        id,
        number: `${context.clientAddress} ${context.currency}`,
        version: context.loaders.made,
        total: 'no money',
      }
    },
    orderByNumber: async (_: unknown, { number }: { number: string }, context: Context) => {
      await context.transaction(async (tx) => {
        tx.stageJob({ name: 'follow-up', payload: { number } })
        tx.stageEvent({ type: 'order.asked', subject: number, data: {} })
      })
      return null
    },
    orders: () => ({ nodes: [], totalCount: 0 }),
  },
  Mutation: {
    recordPayment: () => ({ order: null, userErrors: [] }),
    cancelOrder: async (_: unknown, __: unknown, context: Context) => {
      await sql`select 1`.execute(context.sql)
      return { order: null, userErrors: [] }
    },
  },
  Subscription: {
    orderChanged: {
      subscribe: (_: unknown, { orderId }: { orderId: string }, context: Context) => {
        if (orderId === 'hidden') throw new CallerError('NOT_FOUND', 'order: expected one that exists')
        if (orderId === 'bug') throw new Error('secret detail: 10.0.0.7')
        return follow(context, orderId)
      },
      resolve: (state: State, _: unknown, context: Context) => ({ ...state, number: String(context.loaders.made) }),
    },
    ordersChanged: { subscribe: () => ({}), resolve: (state: State) => state },
  },
}

const neighbourCall = ({ requestId }: Context) => ({
  to: 'users' as const,
  document: '{ me { id } }',
  variables: {},
  answer: { safeParse: () => ({ success: true, data: null }) } as never,
  actorId: null,
  requestId,
})

/** The definition; `parts` replace its own. */
export const ordersDouble = (parts: Partial<Definition> = {}) =>
  defineSubgraph<null, Loaded>({
    name: 'orders',
    resolvers,
    persistence,
    services: () => null,
    loaders: () => ({ made: (contexts += 1) }),
    ...parts,
  })

/** Starts it, over real HTTP, PostgreSQL and Redis; does not wait until it is ready. Stops before `backing` does. */
export async function startDouble(
  backing: Backing,
  options: { parts?: Partial<Definition>; env?: Record<string, string> } = {},
): Promise<Double> {
  const keys = generateKeys()
  const jwks = await serveJwks(keys.tokenSigningKey)
  const { log, lines, text } = capturedLog()
  const env = {
    POSTGRES_URL: backing.postgresUrl,
    REDIS_URL: backing.redisUrl,
    JWKS_URL: jwks.url,
    SERVICE_KEY: keys.serviceKeys.orders,
    SERVICE_JWKS: keys.serviceJwks,
    ...options.env,
  }
  const config = readConfig(env, SUBGRAPH_VARIABLES)
  const running = await startSubgraph(ordersDouble(options.parts), { config, log })
  const viewers = createViewers(keys)
  const stop = async () => {
    await running.stop()
    await jwks.stop()
  }
  backing.defer(stop)
  return {
    ...viewers,
    keys,
    running,
    call: (document, viewer = viewers.guest, operation = {}) =>
      postGraphQL(running.url, { document, token: viewer.tokenFor('orders'), ...operation }),
    subscribe: (document, token, headers = {}) => subscribeGraphQL(running.url, { document, token, headers }),
    lines,
    logText: text,
    stop,
  }
}
