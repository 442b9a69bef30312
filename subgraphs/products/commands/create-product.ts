import type { Transaction } from '#platform/db/transaction.ts'
import { newId } from '#platform/kernel/ids.ts'
import { ok } from '#platform/kernel/result.ts'
import type { VariantDraft } from '../domain/catalog.ts'
import type { Faults } from '../domain/input.ts'
import { type ProductDraft, type ProductInput, readProduct } from '../domain/product.ts'
import { sortKey } from '../domain/text.ts'
import { Product, Variant, type VariantEntity } from '../persistence/entities.ts'
import { replacePrices } from '../persistence/prices.ts'
import { announcePrices, announceProduct, announceVariant } from './announce.ts'
import { checkCategory, checkSkus, checkSlug, makeSlug } from './checks.ts'
import { flushWithSearch } from './lock-product.ts'
import { type Outcome, refused, type Transact, transactOnce } from './outcome.ts'

/** Adds a product with its variants; all or nothing. Gives its id. */
export async function createProduct(transact: Transact, input: ProductInput, now: Date): Promise<Outcome<string>> {
  const faults: Faults = []
  const draft = readProduct(input, faults)
  if (faults.length > 0) return refused(faults)
  return transactOnce(transact, (tx) => create(tx, draft, now))
}

/** A new variant of a product; its prices are written by the caller. */
export function createVariant(
  tx: Transaction,
  draft: VariantDraft,
  at: { productId: string; position: number },
): VariantEntity {
  const { sku, name, options, image, weightGrams } = draft
  const variant = tx.em.create(Variant, {
    id: newId(),
    ...at,
    sku,
    name,
    options,
    image,
    weightGrams,
    version: 1,
    removedAt: null,
  })
  tx.em.persist(variant)
  return variant
}

async function create(tx: Transaction, draft: ProductDraft, now: Date): Promise<Outcome<string>> {
  const id = newId(now.getTime())
  const faults = await check(tx, draft, id)
  if (faults.length > 0) return refused(faults)
  const { name, description, status, categoryId, images } = draft
  const product = tx.em.create(Product, {
    id,
    slug: draft.slug ?? (await makeSlug(tx, 'product', name)),
    name,
    nameKey: sortKey(name),
    description,
    status,
    categoryId,
    images,
    version: 1,
    createdAt: now,
    updatedAt: now,
  })
  // Variants refer to it: it must be there first.
  await tx.em.persist(product).flush()
  const variants = draft.variants.map((variant, position) => createVariant(tx, variant, { productId: id, position }))
  await flushWithSearch(tx, { product, variants })
  await replacePrices(
    tx.sql,
    id,
    variants.map((variant, index) => ({ variantId: variant.id, prices: draft.variants[index]?.prices ?? [] })),
  )
  announceProduct(tx, 'product.created', product)
  for (const variant of variants) announceVariant(tx, 'product.variant_added', variant)
  await announcePrices(
    tx,
    variants.map((variant) => variant.id),
  )
  return ok(id)
}

const check = async (tx: Transaction, draft: ProductDraft, id: string): Promise<Faults> => [
  ...(await checkCategory(tx, draft.categoryId, ['input', 'categoryId'])),
  ...(await checkSlug(tx, 'product', draft.slug, id)),
  ...(await checkSkus(
    tx,
    draft.variants.map(({ sku }, index) => ({ sku, path: ['input', 'variants', String(index), 'sku'] })),
  )),
]
