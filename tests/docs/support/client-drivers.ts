import { type ApolloClient, gql } from '@apollo/client'
import type { Client as UrqlClient } from '@urql/core'
import type { Client as SseClient } from 'graphql-sse'
import type { Client as SocketClient } from 'graphql-ws'
import type { Environment } from 'relay-runtime'

/** A subscription that somebody else may not have. */
export type Subscription = { query: string; variables: Record<string, string> }

/** Subscribes with what a page's block exports, calls `next` with the data of each event, and returns what ends it. */
export type Drive<Exported = unknown> = (
  exported: Exported,
  subscription: Subscription,
  on: { next: (data: unknown) => void; error: (error: unknown) => void },
) => () => unknown

const sink = (on: Parameters<Drive<unknown>>[2]) => ({
  next: ({ data, errors }: { data?: unknown; errors?: readonly unknown[] }) =>
    errors === undefined ? on.next(data) : on.error(errors),
  error: on.error,
  complete: () => on.error(new Error('it ended')),
})

const websocket: Drive<{ socket: SocketClient }> = ({ socket }, subscription, on) =>
  socket.subscribe(subscription, sink(on))

const eventStream: Drive<{ client: SseClient }> = ({ client }, subscription, on) => {
  const unsubscribe = client.subscribe(subscription, sink(on))
  return () => (unsubscribe(), client.dispose())
}

const apollo: Drive<{ client: ApolloClient }> = ({ client }, { query, variables }, on) => {
  const following = client.subscribe({ query: gql(query), variables }).subscribe({
    next: ({ data, error }) => (error === undefined ? on.next(data) : on.error(error)),
    error: on.error,
  })
  return () => (following.unsubscribe(), client.stop())
}

const urql: Drive<{ client: UrqlClient }> = ({ client }, { query, variables }, on) => {
  const following = client
    .subscription(query, variables)
    .subscribe(({ data, error }) => (error === undefined ? on.next(data) : on.error(error)))
  return () => following.unsubscribe()
}

const relay: Drive<{ environment: Environment }> = ({ environment }, { query, variables }, on) => {
  const request = { id: null, cacheID: 'cart', name: 'Cart', text: query, metadata: {} }
  const following = environment
    .getNetwork()
    .execute({ ...request, operationKind: 'subscription' }, variables, {})
    .subscribe({ next: (response) => on.next('data' in response ? response.data : response), error: on.error })
  return () => following.unsubscribe()
}

/** How each client of the page is used, by the `for=` of its block. */
export const DRIVERS = {
  'graphql-ws': websocket,
  'graphql-sse': eventStream,
  'apollo-http': apollo,
  'apollo-ws': apollo,
  'urql-http': urql,
  'urql-ws': urql,
  relay,
}
