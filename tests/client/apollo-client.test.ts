import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache, type TypedDocumentNode } from '@apollo/client'
import { GraphQLWsLink } from '@apollo/client/link/subscriptions'
import { getMainDefinition } from '@apollo/client/utilities'
import { buildSchema, getNamedType, isInterfaceType, isObjectType } from 'graphql'
import { createClient as createSocket } from 'graphql-ws'
import { firstValueFrom } from 'rxjs'
import { WebSocket } from 'ws'
import { apolloCache, toDocumentNode } from '../../client/apollo-cache.ts'
import {
  authorizedFetch,
  createClient,
  ListOrdersDocument,
  memorySession,
  MyAccountDocument,
  SearchProductsDocument,
  WatchStockDocument,
} from '../../client/index.ts'
import { createShopping, PASSWORD } from '../supergraph/shopping.ts'
import { startWholeShop } from '../support/whole-shop.ts'

const shop = await startWholeShop()
after(() => shop.stop())
const shopping = createShopping(shop)
const store = memorySession()
const client = createClient({ url: shop.url, store })

const socket = createSocket({
  url: shop.url.replace(/^http/, 'ws'),
  webSocketImpl: WebSocket,
  connectionParams: async () => ({ authorization: `Bearer ${await client.session.token()}` }),
})
after(() => socket.dispose())
const apollo = new ApolloClient({
  cache: new InMemoryCache(apolloCache),
  link: ApolloLink.split(
    ({ query }) => {
      const definition = getMainDefinition(query)
      return definition.kind === 'OperationDefinition' && definition.operation === 'subscription'
    },
    new GraphQLWsLink(socket),
    new HttpLink({ uri: shop.url, fetch: authorizedFetch(client.session) }),
  ),
})
after(() => apollo.stop())

test('Apollo Client grows a list of edges page by page, each filter’s apart', async () => {
  for (const price of ['1.00', '2.00', '3.00']) await shopping.variant({ price })
  const query = toDocumentNode(SearchProductsDocument)
  const list = apollo.watchQuery({ query, variables: { query: 'Thing', first: 2 } })
  const { data: first } = await list.refetch()
  const { endCursor } = first?.searchProducts?.pageInfo ?? {}
  await list.fetchMore({ variables: { after: endCursor } })
  const whole = apollo.readQuery({ query, variables: { query: 'Thing', first: 2 } })
  assert.equal(whole?.searchProducts?.edges.length, 3)
  assert.equal(whole?.searchProducts?.pageInfo.hasNextPage, false)
  assert.equal(apollo.readQuery({ query, variables: { query: 'else', first: 2 } }), null)
  const { data: again } = await list.refetch()
  assert.equal(again?.searchProducts?.edges.length, 2, 'asked anew, it starts anew')
})

test('Apollo Client refreshes the session of the shop’s own client', async () => {
  const { email } = await shopping.register()
  await client.signIn({ email, password: PASSWORD })
  const session = store.get()
  assert.ok(session !== undefined)
  store.set({ ...session, accessToken: 'expired' })
  const { data } = await apollo.query({ query: toDocumentNode(MyAccountDocument) })
  assert.equal(data?.me?.email, email)
  assert.notEqual(store.get()?.accessToken, 'expired')
})

test('Apollo Client grows a list of nodes page by page', async () => {
  store.set({
    accessToken: shop.user({ role: 'ADMIN' }).tokenFor('users') ?? '',
    accessTokenExpiresAt: '2999-01-01T00:00:00Z',
    refreshToken: '',
  })
  const variantId = await shopping.variant()
  const buyer = await shopping.register()
  for (let bought = 0; bought < 3; bought += 1) await shopping.buy(buyer, [{ variantId }])
  const query = toDocumentNode(ListOrdersDocument)
  const list = apollo.watchQuery({ query, variables: { first: 2 } })
  const { data } = await list.refetch()
  await list.fetchMore({ variables: { after: data?.orders?.pageInfo.endCursor } })
  assert.equal(apollo.readQuery({ query, variables: { first: 2 } })?.orders?.nodes.length, 3)
})

test('an event of a subscription changes what Apollo Client shows of the entity', async () => {
  const variantId = await shopping.variant({ stock: 12 })
  const event = await firstValueFrom(
    apollo.subscribe({ query: toDocumentNode(WatchStockDocument), variables: { variantIds: [variantId] } }),
  )
  assert.equal(event.data?.stockChanged.stock?.available, 12)
  const fragment = gql`fragment Stock on ProductVariant { stock { available } }` as TypedDocumentNode<{
    stock: { available: number }
  }>
  assert.equal(apollo.readFragment({ id: `ProductVariant:${variantId}`, fragment })?.stock.available, 12)
})

test('Apollo’s cache knows every connection and every interface of the graph', () => {
  const schema = buildSchema(readFileSync(new URL('../../schema/api.graphql', import.meta.url), 'utf8'))
  const types = Object.values(schema.getTypeMap())
  for (const type of types.filter(isObjectType)) {
    const known = apolloCache.typePolicies?.[type.name]?.fields ?? {}
    const connections = Object.values(type.getFields()).filter((field) =>
      getNamedType(field.type).name.endsWith('Connection'),
    )
    assert.deepEqual(Object.keys(known).toSorted(), connections.map(({ name }) => name).toSorted(), type.name)
    for (const { name, args } of connections) {
      const policy = known[name]
      const keyArgs = typeof policy === 'object' ? policy.keyArgs : undefined
      assert.deepEqual(
        keyArgs,
        args.map((arg) => arg.name).filter((arg) => arg !== 'first' && arg !== 'after'),
        name,
      )
    }
  }
  for (const type of types.filter(isInterfaceType))
    assert.deepEqual(
      apolloCache.possibleTypes?.[type.name],
      schema
        .getPossibleTypes(type)
        .map(({ name }) => name)
        .toSorted(),
    )
})
