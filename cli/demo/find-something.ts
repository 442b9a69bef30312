import { z } from 'zod'
import { ShopError } from '../client/ask.ts'
import type { Stage } from './stage.ts'

/** What the customer will buy. */
export type Offer = { variantId: string; productName: string; available: number }

const CATEGORIES = `query Categories {
  categories { name slug children { name } }
}`

const BROWSE = `query Browse($slug: String!) {
  categoryBySlug(slug: $slug) {
    name
    products(first: 3, sort: PRICE_DESC) {
      totalCount
      nodes { name priceRange { min { amount currency } } }
    }
  }
}`

const SEARCH = `query Search($query: String!) {
  searchProducts(query: $query, first: 5) {
    totalCount
    nodes { name slug inStock }
  }
}`

const PRODUCT = `query ProductPage($slug: String!) {
  productBySlug(slug: $slug) {
    name
    description
    variants { id sku name price { amount currency } stock { available } }
  }
}`

const MISTYPED = 'wireless headphnes'
// Two units are bought below.
const ENOUGH = 2

const categories = z.object({ categories: z.array(z.object({ slug: z.string() })) })
const found = z.object({
  searchProducts: z.object({ nodes: z.array(z.object({ slug: z.string(), inStock: z.boolean().nullable() })) }),
})
const variant = z.object({
  id: z.string(),
  price: z.object({ amount: z.string() }).nullable(),
  stock: z.object({ available: z.number() }).nullable(),
})
const product = z.object({ productBySlug: z.object({ name: z.string(), variants: z.array(variant) }) })

/** Looks around, searches, and settles on something that is in stock. */
export async function findSomething(stage: Stage): Promise<Offer> {
  stage.act('She looks around', 'Categories are a tree, kept by the products subgraph.')
  const tree = await stage.ask({ document: CATEGORIES, answer: categories })
  const slug = tree.categories[0]?.slug
  if (slug === undefined) throw nothingToBuy()
  stage.say('One category, with all that stands under it:')
  await stage.ask({ document: BROWSE, variables: { slug }, answer: z.unknown() })

  stage.act(`She searches for “${MISTYPED}”`, 'With a typing mistake, which the search forgives.')
  const { searchProducts } = await stage.ask({ document: SEARCH, variables: { query: MISTYPED }, answer: found })
  const best = searchProducts.nodes.find(({ inStock }) => inStock)
  if (best === undefined) throw nothingToBuy()

  stage.act(
    'She opens the product’s page',
    'Text and prices come from products, stock from inventory: one query, two subgraphs.',
  )
  return choose(await stage.ask({ document: PRODUCT, variables: { slug: best.slug }, answer: product }))
}

function choose({ productBySlug: { name, variants } }: z.output<typeof product>): Offer {
  const buyable = variants.find(({ price, stock }) => price !== null && (stock?.available ?? 0) >= ENOUGH)
  if (buyable === undefined) throw nothingToBuy()
  return { variantId: buyable.id, productName: name, available: buyable.stock?.available ?? 0 }
}

const nothingToBuy = () =>
  new ShopError('the story ends early: this shop has no headphones in stock. `npm run seed` brings demo data')
