/** The subgraph of the benchmark. */
export const SOURCE_SDL = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  type Query { product(id: ID!): Product }
  type Mutation { setPrice(price: Int!): Product }
  type Subscription { priceChanged(id: ID!): Product! }
  type Product @key(fields: "id") { id: ID! price: Int! committedAtMs: Float! }
`
