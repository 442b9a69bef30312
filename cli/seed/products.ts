import { z } from 'zod'
import { type Ask, ShopError, userErrors } from '../client/ask.ts'
import { findBySlug } from './by-slug.ts'
import type { CatalogueProduct } from './catalogue.ts'
import { inParallel } from './in-parallel.ts'
import type { StockToSet } from './stock.ts'

const product = z.object({ variants: z.array(z.object({ id: z.string(), sku: z.string() })) })
const answer = z.object({ createProduct: z.object({ product: product.nullable(), userErrors }) })

/** A product as the shop has it. */
type ProductFound = z.output<typeof product>

type Refused = { slug: string; refusal: string }
type Outcome = ({ slug: string } & ProductFound) | Refused

const CREATE = `mutation CreateProduct($input: CreateProductInput!) {
  createProduct(input: $input) { product { variants { id sku } } userErrors { code message } }
}`

const AT_ONCE = 6

/** Makes sure of all products. Resolves with the stock that their variants should begin with, and how many were made. */
export async function ensureProducts(
  ask: Ask,
  products: readonly CatalogueProduct[],
  categoryIds: ReadonlyMap<string, string>,
): Promise<{ stock: StockToSet[]; made: number }> {
  const there = await find(ask, products)
  const missing = products.filter(({ slug }) => !there.has(slug))
  const outcomes = await inParallel(missing, AT_ONCE, (wanted) => create(ask, wanted, categoryIds.get(wanted.category)))
  const made = outcomes.filter((outcome) => 'variants' in outcome)
  const overtaken = await findOvertaken(
    ask,
    outcomes.filter((outcome) => 'refusal' in outcome),
  )
  const all = new Map<string, ProductFound>([
    ...there,
    ...overtaken,
    ...made.map((found) => [found.slug, found] as const),
  ])
  return { stock: products.flatMap((wanted) => openingStock(wanted, all.get(wanted.slug))), made: made.length }
}

const find = (ask: Ask, products: readonly { slug: string }[]) =>
  findBySlug(
    ask,
    products.map(({ slug }) => slug),
    { field: 'productBySlug', selection: '{ variants { id sku } }', schema: product },
  )

/** Those that somebody else made meanwhile: another seed, or the last request of one that was interrupted. */
async function findOvertaken(ask: Ask, refused: readonly Refused[]): Promise<Map<string, ProductFound>> {
  const found = await find(ask, refused)
  const hindered = refused.find(({ slug }) => !found.has(slug))
  if (hindered === undefined) return found
  throw new ShopError(`product ${hindered.slug} could not be made: ${hindered.refusal}`)
}

/** Of the variants that the catalogue knows: others of the product are the shop's own. */
function openingStock(wanted: CatalogueProduct, found: ProductFound | undefined): StockToSet[] {
  const ids = new Map(found?.variants.map(({ sku, id }) => [sku, id]))
  return wanted.variants.flatMap(({ sku, stock, lowStockThreshold }) => {
    const variantId = ids.get(sku)
    return variantId === undefined ? [] : [{ variantId, onHand: stock, lowStockThreshold }]
  })
}

// Refusals that a product which was made meanwhile can be the reason of.
const OVERTAKEN = new Set(['SLUG_TAKEN', 'SKU_TAKEN'])

async function create(ask: Ask, wanted: CatalogueProduct, categoryId: string | undefined): Promise<Outcome> {
  const { category: _slug, variants, ...rest } = wanted
  const priced = variants.map(({ stock: _units, lowStockThreshold: _low, ...variant }) => variant)
  const input = { ...rest, categoryId, variants: priced }
  const { createProduct } = await ask({ document: CREATE, variables: { input }, answer })
  if (createProduct.product !== null) return { slug: wanted.slug, ...createProduct.product }
  const [refused] = createProduct.userErrors
  if (OVERTAKEN.has(refused?.code ?? '')) return { slug: wanted.slug, refusal: refused?.message ?? '' }
  throw new ShopError(`product ${wanted.slug} could not be made: ${refused?.message}`)
}
