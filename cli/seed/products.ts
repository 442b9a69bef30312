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
  const slugs = products.map(({ slug }) => slug)
  const there = await find(ask, slugs)
  const missing = products.filter(({ slug }) => !there.has(slug))
  const created = await inParallel(missing, AT_ONCE, (wanted) => create(ask, wanted, categoryIds.get(wanted.category)))
  const overtaken = missing.flatMap(({ slug }, index) => (created[index] === null ? [slug] : []))
  const found = new Map([...there, ...(await find(ask, overtaken))])
  const stock = products.flatMap((wanted) => openingStock(wanted, found.get(wanted.slug)))
  const fresh = missing.flatMap((wanted, index) => openingStock(wanted, created[index] ?? undefined))
  return { stock: [...stock, ...fresh], made: missing.length - overtaken.length }
}

const find = (ask: Ask, slugs: readonly string[]) =>
  findBySlug(ask, slugs, { field: 'productBySlug', selection: '{ variants { id sku } }', schema: product })

/** Of the variants that the catalogue knows: others of the product are the shop's own. */
function openingStock(wanted: CatalogueProduct, found: ProductFound | undefined): StockToSet[] {
  const ids = new Map(found?.variants.map(({ sku, id }) => [sku, id]))
  return wanted.variants.flatMap(({ sku, stock, lowStockThreshold }) => {
    const variantId = ids.get(sku)
    return variantId === undefined ? [] : [{ variantId, onHand: stock, lowStockThreshold }]
  })
}

/** Null where somebody else made it meanwhile: another seed, or the last request of one that was interrupted. */
async function create(
  ask: Ask,
  wanted: CatalogueProduct,
  categoryId: string | undefined,
): Promise<ProductFound | null> {
  const { category: _slug, variants, ...rest } = wanted
  const priced = variants.map(({ stock: _units, lowStockThreshold: _low, ...variant }) => variant)
  const input = { ...rest, categoryId, variants: priced }
  const { createProduct } = await ask({ document: CREATE, variables: { input }, answer })
  const [refused] = createProduct.userErrors
  if (refused === undefined || refused.code === 'SLUG_TAKEN') return createProduct.product
  throw new ShopError(`product ${wanted.slug} could not be made: ${refused.message}`)
}
