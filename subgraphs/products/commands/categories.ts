import { sql } from 'kysely'
import type { Transaction } from '#platform/db/transaction.ts'
import { isId, newId } from '#platform/kernel/ids.ts'
import { ok, refuse } from '#platform/kernel/result.ts'
import { wouldBeCycle } from '../domain/category-tree.ts'
import { type Faults, readText } from '../domain/input.ts'
import { readSlug } from '../domain/product.ts'
import { sortKey } from '../domain/text.ts'
import { type CategoryRow, findAncestors } from '../persistence/category-rows.ts'
import { Category } from '../persistence/entities.ts'
import { announce } from './announce.ts'
import { checkCategory, checkSlug, makeSlug } from './checks.ts'
import { type Outcome, refused, type Transact, transactOnce } from './outcome.ts'

/** A new category as a client gives it. */
export type CategoryInput = { name: string; slug?: string | null | undefined; parentId?: string | null | undefined }

/** A change of a category: what is left out stays, null clears. */
export type CategoryPatch = {
  name?: string | null | undefined
  slug?: string | null | undefined
  parentId?: string | null | undefined
}

/** Adds a category. */
export const createCategory = (transact: Transact, input: CategoryInput): Promise<Outcome<CategoryRow>> =>
  transactOnce(transact, (tx) => create(tx, input))

/** Renames or moves a category with all that is under it. */
export const updateCategory = (transact: Transact, id: string, patch: CategoryPatch): Promise<Outcome<CategoryRow>> =>
  transactOnce(transact, (tx) => update(tx, id, patch))

/** Removes a category; its products and children go to its parent. Gives it as it was. */
export const removeCategory = (transact: Transact, id: string, now: Date): Promise<Outcome<CategoryRow>> =>
  transactOnce(transact, (tx) => remove(tx, id, now))

async function create(tx: Transaction, input: CategoryInput): Promise<Outcome<CategoryRow>> {
  const id = newId()
  const faults: Faults = []
  const name = readText(input.name, ['input', 'name'], faults)
  const given = input.slug === null || input.slug === undefined ? null : readSlug(input.slug, faults)
  if (faults.length > 0) return refused(faults)
  const parentId = input.parentId ?? null
  faults.push(
    ...(await checkCategory(tx, parentId, ['input', 'parentId'])),
    ...(await checkSlug(tx, 'category', given, id)),
  )
  if (faults.length > 0) return refused(faults)
  const slug = given ?? (await makeSlug(tx, 'category', name))
  tx.em.persist(tx.em.create(Category, { id, slug, name, nameKey: sortKey(name), parentId }))
  announce(tx, 'category.created', id, { slug, name, parentId })
  return ok({ id, slug, name, parentId })
}

async function update(tx: Transaction, id: string, patch: CategoryPatch): Promise<Outcome<CategoryRow>> {
  const category = await lockTree(tx, id)
  if (category === null) return categoryNotFound()
  const faults: Faults = []
  const name = patch.name === undefined ? category.name : readText(patch.name, ['input', 'name'], faults)
  const slug = patch.slug === undefined ? category.slug : readSlug(patch.slug, faults)
  if (faults.length > 0) return refused(faults)
  const parentId = patch.parentId === undefined ? (category.parentId ?? null) : patch.parentId
  faults.push(...(await checkParent(tx, id, parentId)), ...(await checkSlug(tx, 'category', slug, id)))
  if (faults.length > 0) return refused(faults)
  Object.assign(category, { name, nameKey: sortKey(name), slug, parentId })
  announce(tx, 'category.updated', id, { slug, name, parentId })
  return ok({ id, slug, name, parentId })
}

async function remove(tx: Transaction, id: string, now: Date): Promise<Outcome<CategoryRow>> {
  const category = await lockTree(tx, id)
  if (category === null) return categoryNotFound()
  const { slug, name, parentId = null } = category
  await sql`
    update product set category_id = ${parentId}, version = version + 1, updated_at = ${now} where category_id = ${id}`.execute(
    tx.sql,
  )
  await sql`update category set parent_id = ${parentId} where parent_id = ${id}`.execute(tx.sql)
  tx.em.remove(category)
  announce(tx, 'category.removed', id, { slug, name, parentId })
  return ok({ id, slug, name, parentId })
}

// Two moves at once could each be right and make a cycle together: changes of the tree go one after the other.
const TREE_LOCK = 4_713

async function lockTree(tx: Transaction, id: string) {
  if (!isId(id)) return null
  await sql`select pg_advisory_xact_lock(${TREE_LOCK})`.execute(tx.sql)
  return tx.em.findOne(Category, { id })
}

async function checkParent(tx: Transaction, id: string, parentId: string | null): Promise<Faults> {
  const missing = await checkCategory(tx, parentId, ['input', 'parentId'])
  if (parentId === null || missing.length > 0) return missing
  const lineage = [{ id: parentId }, ...(await findAncestors(tx.sql, [parentId]))]
  if (!wouldBeCycle(id, lineage)) return []
  return [{ code: 'CATEGORY_CYCLE', message: "a category can't stand under itself", path: ['input', 'parentId'] }]
}

const categoryNotFound = () => refuse('CATEGORY_NOT_FOUND', 'there is no such category', ['input', 'id'])
