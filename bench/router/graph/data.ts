import { textOf } from './text.ts'

/** A person, as the graph has it; links are functions, which graphql-js calls. */
export type User = { id: string; name: string; username: string; birthday: number; reviews: () => Review[] }

/** A product, with the fields of all subgraphs. */
export type Product = {
  upc: string
  name: string
  description: string
  price: number
  weight: number
  inStock: boolean
  shippingEstimate: number
  reviews: () => Review[]
}

/** What a person wrote of a product. */
export type Review = { id: string; body: string; product: () => Product; author: () => User }

const NAMES = ['Ada Lindqvist', 'Bram Okafor', 'Chiara Novak', 'Dag Petersen', 'Esra Moreau', 'Femi Castellanos']
const PRODUCTS = ['Table', 'Couch', 'Glass', 'Chair', 'Screen', 'Lamp', 'Grill', 'Fridge', 'Sofa']
const PRICES = [899, 1299, 15, 499, 1299, 6999, 3999, 100_000, 9999]
// As often as in the published benchmark: the same few products are met again and again on the way down.
const REVIEWED = [1, 1, 1, 1, 1, 2, 2, 3, 3, 3, 3, 4]
const BODY_LENGTH = 348
const DESCRIPTION_LENGTH = 120

const users: readonly User[] = NAMES.map((name, index) => ({
  id: String(index + 1),
  name,
  username: name.toLowerCase().replace(' ', '.'),
  birthday: 631_152_000 + index * 86_400,
  reviews: () => reviews.filter((_review, at) => at % NAMES.length === index),
}))

const reviews: readonly Review[] = REVIEWED.map((upc, index) => ({
  id: String(index + 1),
  body: textOf(`review ${index}`, BODY_LENGTH),
  product: () => productAt(upc - 1),
  author: () => userAt(index % NAMES.length),
}))

const products = new Map<string, Product>()

/** All people. */
export const allUsers = (): readonly User[] => users

/** A person by id. */
export const userById = (id: string): User | undefined => users.find((user) => user.id === id)

/** A review by id. */
export const reviewById = (id: string): Review | undefined => reviews.find((review) => review.id === id)

/** The first products of the endless catalogue. */
export const firstProducts = (count: number): Product[] => Array.from({ length: count }, (_, index) => productAt(index))

/** A product by its code: any positive number is one. */
export const productByUpc = (upc: string): Product | undefined =>
  /^[1-9]\d{0,6}$/.test(upc) ? productAt(Number(upc) - 1) : undefined

/** What sending something costs; what is dear is sent for nothing. */
export const shippingOf = ({ price, weight }: Pick<Product, 'price' | 'weight'>): number =>
  price > 1000 ? 0 : Math.floor(weight / 2)

function userAt(index: number): User {
  const user = users[index]
  if (user === undefined) throw new Error(`expected a person at ${index}, there are ${users.length}`)
  return user
}

function productAt(index: number): Product {
  const upc = String(index + 1)
  const known = products.get(upc)
  if (known !== undefined) return known
  const price = PRICES[index] ?? (index * 37) % 5000
  const weight = (index * 131) % 2500
  const product = {
    upc,
    name: PRODUCTS[index] ?? `Part ${upc}`,
    description: textOf(`product ${index}`, DESCRIPTION_LENGTH),
    price,
    weight,
    inStock: index % 3 !== 1,
    shippingEstimate: shippingOf({ price, weight }),
    reviews: () => reviews.filter((_review, at) => REVIEWED[at] === index + 1),
  }
  products.set(upc, product)
  return product
}
