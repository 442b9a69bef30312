import { buildSubgraphSchema } from '@apollo/subgraph'
import { type GraphQLSchema, parse } from 'graphql'
import { allUsers, firstProducts, type Product, productByUpc, reviewById, shippingOf, userById } from './data.ts'

/** What begins the SDL of each subgraph. */
export const LINK = `extend schema @link(
  url: "https://specs.apollo.dev/federation/v2.3"
  import: ["@external", "@key", "@provides", "@requires", "@shareable"]
)`

const ACCOUNTS = `${LINK}
type Query { me: User user(id: ID!): User users: [User] }
type User @key(fields: "id") { id: ID! name: String username: String @shareable birthday: Int }`

const INVENTORY = `${LINK}
type Product @key(fields: "upc") {
  upc: String!
  weight: Int @external
  price: Int @external
  inStock: Boolean
  shippingEstimate: Int @requires(fields: "price weight")
}`

const PRODUCTS = `${LINK}
type Query { topProducts(first: Int = 5): [Product] catalogue(first: Int!): [Product] }
type Product @key(fields: "upc") { upc: String! name: String description: String price: Int weight: Int }`

const REVIEWS = `${LINK}
type Review @key(fields: "id") { id: ID! body: String product: Product author: User @provides(fields: "username") }
type User @key(fields: "id") { id: ID! username: String @external reviews: [Review] }
type Product @key(fields: "upc") { upc: String! reviews: [Review] }`

/** The SDL of each subgraph. */
export const SDL: Readonly<Record<string, string>> = {
  accounts: ACCOUNTS,
  inventory: INVENTORY,
  products: PRODUCTS,
  reviews: REVIEWS,
}

const RESOLVERS = {
  accounts: {
    Query: { me: () => userById('1'), user: (_: unknown, { id }: { id: string }) => userById(id), users: allUsers },
    User: { __resolveReference: ({ id }: { id: string }) => userById(id) },
  },
  inventory: { Product: { __resolveReference: stockOf } },
  products: {
    Query: {
      topProducts: (_: unknown, { first }: { first: number }) => firstProducts(first),
      catalogue: (_: unknown, { first }: { first: number }) => firstProducts(first),
    },
    Product: { __resolveReference: ({ upc }: { upc: string }) => productByUpc(upc) },
  },
  reviews: {
    Review: { __resolveReference: ({ id }: { id: string }) => reviewById(id) },
    User: { __resolveReference: ({ id }: { id: string }) => userById(id) },
    Product: { __resolveReference: ({ upc }: { upc: string }) => productByUpc(upc) },
  },
}

/** The schema of each subgraph, with its resolvers. */
export const subgraphSchemas = (): Record<string, GraphQLSchema> =>
  Object.fromEntries(
    Object.entries(RESOLVERS).map(([name, resolvers]) => [
      name,
      buildSubgraphSchema([{ typeDefs: parse(SDL[name] ?? ''), resolvers }]),
    ]),
  )

/** What shipping costs is reckoned from the representation alone: a gateway that leaves `@requires` out is found out. */
function stockOf({ upc, price, weight }: Pick<Product, 'upc' | 'price' | 'weight'>) {
  const product = productByUpc(upc)
  return product && { upc, inStock: product.inStock, shippingEstimate: shippingOf({ price, weight }) }
}
