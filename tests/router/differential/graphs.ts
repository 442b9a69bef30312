import { readFileSync } from 'node:fs'

/** A supergraph of these tests: the SDL of each subgraph, and which types each abstract type can be. */
export type GraphDefinition = {
  name: string
  subgraphs: Readonly<Record<string, string>>
  possibleTypes: Readonly<Record<string, readonly string[]>>
}

/** Entities with two keys, nested `@requires`, `@provides`, shared value types, an override, lists of lists. */
const SHOP: GraphDefinition = {
  name: 'shop',
  possibleTypes: {},
  subgraphs: {
    catalog: `
      type Query { product(n: Int): Product products(n: Int): [Product!]! shelves: [[Product]] catalog: Catalog! matrix: [[Int!]!]! }
      type Mutation { rename(n: Int): Product touch: Touched! }
      type Touched { n: Int query: Query }
      type Catalog { best: Product! top: [Product] meta: Meta }
      type Meta @shareable { lang: String! size: Size }
      type Size @shareable { w: Int h: Int! }
      enum Mood { GOOD BAD HIDDEN @inaccessible }
      type Product @key(fields: "id") @key(fields: "sku") {
        id: ID! sku: String! name: String! @shareable label(n: Int): String size: Size! meta: Meta @shareable mood: Mood
        maker: Maker! tags: [String] related: [Product!] weight: Float inStock: Boolean legacy: String
      }
      type Maker @key(fields: "id") { id: ID! country: String }
    `,
    stock: `
      type Query { warehouse(n: Int): Warehouse }
      type Warehouse { code: String! items: [Product] grid: [[Product!]!] }
      type Size @shareable { w: Int h: Int! }
      type Product @key(fields: "id") {
        id: ID! size: Size! @external weight: Float @external meta: Meta @shareable
        withSize(n: Int): String @requires(fields: "size { w h } weight") left: Int! legacy: String @override(from: "catalog")
      }
      type Meta @shareable { lang: String! size: Size }
    `,
    reviews: `
      type Query { review(n: Int): Review reviews: [Review] }
      type Product @key(fields: "sku") { sku: String! name: String! @external reviews(n: Int): [Review!]! score: Int stars: [Int] }
      type Review @key(fields: "id") { id: ID! text: String author: User product: Product! named: Product @provides(fields: "name") parent: Review }
      type User @key(fields: "id") { id: ID! reviews: [Review!] }
      type Mutation { review(n: Int): Review }
    `,
    users: `
      type Query { me: User user(n: Int): User! users: [User!]! }
      type User @key(fields: "id") { id: ID! name: String! friends: [User] maker: Maker }
      type Maker @key(fields: "id") { id: ID! name: String owner: User! }
    `,
  },
}

/** Interfaces that are entities, `@interfaceObject`, unions, interfaces of values, fields that only some types have. */
const MEDIA: GraphDefinition = {
  name: 'media',
  possibleTypes: {
    Media: ['Book', 'Film', 'Song'],
    Item: ['Book', 'Film', 'Person'],
    Node: ['Book', 'Film', 'Song', 'Person'],
    Cover: ['Image', 'Clip'],
  },
  subgraphs: {
    media: `
      type Query { media(n: Int): Media all: [Media!]! search(n: Int): [Item] node(n: Int): Node book(n: Int): Book }
      interface Node { id: ID! }
      interface Media implements Node @key(fields: "id") { id: ID! title: String! cover: Cover sequel: Media similar: [Media!] }
      type Book implements Media & Node @key(fields: "id") { id: ID! title: String! cover: Cover sequel: Media similar: [Media!] pages: Int! author: Person }
      type Film implements Media & Node @key(fields: "id") { id: ID! title: String! cover: Cover sequel: Media similar: [Media!] seconds: Int cast: [Person!] }
      type Song implements Media & Node @key(fields: "id") { id: ID! title: String! cover: Cover sequel: Media similar: [Media!] bpm: Float by: [[Person]] }
      type Person implements Node @key(fields: "id") { id: ID! }
      union Item = Book | Film | Person
      interface Cover { url: String! width: Int }
      type Image implements Cover { url: String! width: Int alt: String of: Media }
      type Clip implements Cover { url: String! width: Int loops: Boolean! }
    `,
    ratings: `
      type Query { rated: [Media] best: Media! }
      type Media @interfaceObject @key(fields: "id") { id: ID! stars: Int! title: String! @external comments(n: Int): [Comment!] withTitle: String @requires(fields: "title") }
      type Comment { text: String! by: Person media: Media }
      type Person @key(fields: "id") { id: ID! comments: [Comment] }
    `,
    people: `
      type Query { person(n: Int): Person people: [Person!] }
      type Person @key(fields: "id") { id: ID! name: String! born: Int likes: [Item!] idol: Person boss: Person! }
      union Item = Book | Film | Person
      type Book @key(fields: "id") { id: ID! sold: Int publisher: Person! }
      type Film @key(fields: "id", resolvable: false) { id: ID! }
    `,
  },
}

/** Root fields in several subgraphs, a compound key, a chain over three subgraphs, values that are all shared. */
const CHAIN: GraphDefinition = {
  name: 'chain',
  possibleTypes: { Step: ['First', 'Second'] },
  subgraphs: {
    a: `
      type Query { both: Both @shareable start(n: Int): Start steps: [Step!] }
      type Both @shareable { a: Int common: Inner }
      type Inner @shareable { x: Int y: String! }
      type Start @key(fields: "id part { no }") { id: ID! part: Part! mid: Mid list: [[Mid!]] }
      type Part @shareable { no: Int! }
      type Mid @key(fields: "id") { id: ID! own: String }
      interface Step { id: ID! at: Start }
      type First implements Step @key(fields: "id") { id: ID! at: Start one: Int }
      type Second implements Step @key(fields: "id") { id: ID! at: Start two: Mid! }
    `,
    b: `
      type Query { both: Both @shareable }
      type Both @shareable { b: Int a: Int common: Inner }
      type Inner @shareable { x: Int y: String! }
      type Start @key(fields: "id part { no }") { id: ID! part: Part! hops: [Start] price: Int! end: End }
      type Part @shareable { no: Int! }
      type Mid @key(fields: "id") { id: ID! amount: Int! end: End! }
      type End @key(fields: "id") { id: ID! }
    `,
    c: `
      type Query { end(n: Int): End }
      type End @key(fields: "id") { id: ID! value: Int! mid: Mid nexts: [End!]! strict: [String!] }
      type Mid @key(fields: "id") { id: ID! amount: Int! @external own: String @external withBoth: String! @requires(fields: "amount own") }
      type First @key(fields: "id") { id: ID! bonus: [End] }
    `,
  },
}

const SUBGRAPHS = ['carts', 'inventory', 'orders', 'payments', 'products', 'users']
const sdlOf = (name: string): string =>
  readFileSync(new URL(`../../../schema/subgraphs/${name}.graphql`, import.meta.url), 'utf8')

/** The one that is served: its data is made up here too. */
const AGORA: GraphDefinition = {
  name: 'agora',
  possibleTypes: {},
  subgraphs: Object.fromEntries(SUBGRAPHS.map((name) => [name, sdlOf(name)])),
}

export const GRAPHS = [SHOP, MEDIA, CHAIN, AGORA]
