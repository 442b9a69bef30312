import type { Transaction } from '#platform/db/transaction.ts'
import { ok, refuse } from '#platform/kernel/result.ts'
import { MAX_VARIANTS, type Price, type VariantDraft } from '../domain/catalog.ts'
import { type Faults, invalid } from '../domain/input.ts'
import { type PriceInput, readPrices } from '../domain/prices.ts'
import { patchVariant, readVariant, type VariantInput, type VariantPatch } from '../domain/variant.ts'
import { refreshBounds, replacePrices } from '../persistence/prices.ts'
import { announcePrices, announceVariant } from './announce.ts'
import { checkSkus } from './checks.ts'
import { createVariant } from './create-product.ts'
import { flushWithSearch, lockProduct, lockProductOf, touch } from './lock-product.ts'
import { type Outcome, refused, type Transact, transactOnce } from './outcome.ts'

/** Adds a variant behind the others. Gives its id. */
export async function addVariant(
  transact: Transact,
  productId: string,
  input: VariantInput,
  now: Date,
): Promise<Outcome<string>> {
  const faults: Faults = []
  const draft = readVariant(input, ['input', 'variant'], faults)
  if (faults.length > 0) return refused(faults)
  return transactOnce(transact, (tx) => add(tx, productId, draft, now))
}

/** Changes a variant, but not its SKU and prices. Gives its id. */
export const updateVariant = (
  transact: Transact,
  id: string,
  patch: VariantPatch,
  now: Date,
): Promise<Outcome<string>> => transact((tx) => update(tx, id, patch, now))

/** Takes a variant off sale; doing it again changes nothing. Gives its product's id. */
export const removeVariant = (transact: Transact, id: string, now: Date): Promise<Outcome<string>> =>
  transact((tx) => remove(tx, id, now))

/** Replaces all prices of a variant. Gives its id. */
export async function setVariantPrices(
  transact: Transact,
  id: string,
  inputs: readonly PriceInput[],
  now: Date,
): Promise<Outcome<string>> {
  const { prices, refusals } = readPrices(inputs, ['input', 'prices'])
  if (refusals.length > 0) return refused(refusals)
  return transact((tx) => setPrices(tx, id, prices, now))
}

async function add(tx: Transaction, productId: string, draft: VariantDraft, now: Date): Promise<Outcome<string>> {
  const locked = await lockProduct(tx, productId)
  if (locked === null) return refuse('PRODUCT_NOT_FOUND', 'there is no such product', ['input', 'productId'])
  const { product, variants } = locked
  const faults = await checkSkus(tx, [{ sku: draft.sku, path: ['input', 'variant', 'sku'] }])
  if (variants.length >= MAX_VARIANTS)
    faults.push(invalid(`a product has at most ${MAX_VARIANTS} variants`, ['input', 'variant']))
  if (faults.length > 0) return refused(faults)
  const variant = createVariant(tx, draft, { productId, position: (variants.at(-1)?.position ?? -1) + 1 })
  touch(product, now)
  await flushWithSearch(tx, { product, variants: [...variants, variant] })
  await replacePrices(tx.sql, productId, [{ variantId: variant.id, prices: draft.prices }])
  announceVariant(tx, 'product.variant_added', variant)
  await announcePrices(tx, [variant.id])
  return ok(variant.id)
}

async function update(tx: Transaction, id: string, patch: VariantPatch, now: Date): Promise<Outcome<string>> {
  const locked = await lockProductOf(tx, id)
  if (!locked?.variant) return variantNotFound(['input', 'id'])
  const { product, variant } = locked
  const faults: Faults = []
  const { name, options, image = null, weightGrams = null } = variant
  const next = patchVariant({ name, options, image, weightGrams }, patch, faults)
  if (faults.length > 0) return refused(faults)
  Object.assign(variant, next)
  variant.version += 1
  touch(product, now)
  await flushWithSearch(tx, locked)
  announceVariant(tx, 'product.variant_updated', variant)
  return ok(id)
}

async function remove(tx: Transaction, id: string, now: Date): Promise<Outcome<string>> {
  const locked = await lockProductOf(tx, id)
  if (locked === null) return variantNotFound(['input', 'id'])
  const { product, variants, variant } = locked
  if (variant === null) return ok(product.id)
  if (variants.length === 1 && product.status !== 'ARCHIVED') {
    return refuse('LAST_VARIANT', `${product.name} must keep one variant; archive it to take it off sale`, [
      'input',
      'id',
    ])
  }
  variant.removedAt = now
  variant.version += 1
  touch(product, now)
  await flushWithSearch(tx, { product, variants: variants.filter((other) => other !== variant) })
  await refreshBounds(tx.sql, product.id)
  announceVariant(tx, 'product.variant_removed', variant)
  await announcePrices(tx, [id])
  return ok(product.id)
}

async function setPrices(tx: Transaction, id: string, prices: readonly Price[], now: Date): Promise<Outcome<string>> {
  const locked = await lockProductOf(tx, id)
  if (!locked?.variant) return variantNotFound(['input', 'variantId'])
  const { product, variant } = locked
  variant.version += 1
  touch(product, now)
  await tx.em.flush()
  await replacePrices(tx.sql, product.id, [{ variantId: id, prices }])
  await announcePrices(tx, [id])
  return ok(id)
}

const variantNotFound = (path: readonly string[]) => refuse('VARIANT_NOT_FOUND', 'there is no such variant', path)
