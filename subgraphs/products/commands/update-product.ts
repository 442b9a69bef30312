import type { Transaction } from '#platform/db/transaction.ts'
import { ok, refuse } from '#platform/kernel/result.ts'
import type { Faults } from '../domain/input.ts'
import { patchProduct, type ProductFields, type ProductPatch } from '../domain/product.ts'
import { sortKey } from '../domain/text.ts'
import type { ProductEntity } from '../persistence/entities.ts'
import { variantIdsOf } from '../persistence/variant-rows.ts'
import { announcePrices, announceProduct } from './announce.ts'
import { checkCategory, checkSlug } from './checks.ts'
import { flushWithSearch, type LockedProduct, lockProduct, touch } from './lock-product.ts'
import { type Outcome, refused, type Transact, transactOnce } from './outcome.ts'

/** Changes a product; what goes on or off sale by it is told to all who hold its prices. Gives its id. */
export const updateProduct = (
  transact: Transact,
  id: string,
  patch: ProductPatch,
  now: Date,
): Promise<Outcome<string>> => transactOnce(transact, (tx) => update(tx, id, patch, now))

/** Takes the product off sale for good; doing it again changes nothing. Gives its id. */
export const archiveProduct = (transact: Transact, id: string, now: Date): Promise<Outcome<string>> =>
  transactOnce(transact, (tx) => update(tx, id, { status: 'ARCHIVED' }, now))

async function update(tx: Transaction, id: string, patch: ProductPatch, now: Date): Promise<Outcome<string>> {
  const locked = await lockProduct(tx, id)
  if (locked === null) return refuse('PRODUCT_NOT_FOUND', 'there is no such product', ['input', 'id'])
  const { product } = locked
  const faults: Faults = []
  const { slug, ...fields } = patchProduct(fieldsOf(product), patch, faults)
  if (faults.length > 0) return refused(faults)
  const moved = fields.categoryId === fieldsOf(product).categoryId ? null : fields.categoryId
  faults.push(
    ...(await checkCategory(tx, moved, ['input', 'categoryId'])),
    ...(await checkSlug(tx, 'product', slug, id)),
  )
  if (faults.length > 0) return refused(faults)
  return apply(tx, locked, { ...fields, slug: slug ?? product.slug }, now)
}

async function apply(
  tx: Transaction,
  locked: LockedProduct,
  next: ProductFields & { slug: string },
  now: Date,
): Promise<Outcome<string>> {
  const { product, variants } = locked
  const isMoved = next.status !== product.status
  const isArchivedAgain = next.status === 'ARCHIVED' && !isMoved && isSame(product, next)
  if (isArchivedAgain) return ok(product.id)
  const arePicturesNew = JSON.stringify(next.images) !== JSON.stringify(product.images)
  Object.assign(product, next, { nameKey: sortKey(next.name) })
  touch(product, now)
  if (isMoved) for (const variant of variants) variant.version += 1
  await flushWithSearch(tx, locked)
  announceProduct(
    tx,
    isMoved && next.status === 'ARCHIVED' ? 'product.archived' : 'product.updated',
    product,
    arePicturesNew ? await variantIdsOf(tx.sql, product.id) : [],
  )
  if (isMoved)
    await announcePrices(
      tx,
      variants.map((variant) => variant.id),
    )
  return ok(product.id)
}

const fieldsOf = ({ name, description, categoryId = null, images, status }: ProductEntity): ProductFields => ({
  name,
  description,
  categoryId,
  images,
  status,
})

const isSame = (product: ProductEntity, next: ProductFields & { slug: string }): boolean =>
  JSON.stringify({ ...fieldsOf(product), slug: product.slug }) === JSON.stringify(next)
