import { z } from 'zod'
import { type Ask, ShopError, userErrors } from '../client/ask.ts'
import { findBySlug } from './by-slug.ts'
import type { CatalogueCategory } from './catalogue.ts'
import { inParallel } from './in-parallel.ts'

const category = z.object({ id: z.string() })
const created = z.object({ createCategory: z.object({ category: category.nullable(), userErrors }) })

const CREATE = `mutation CreateCategory($input: CreateCategoryInput!) {
  createCategory(input: $input) { category { id } userErrors { code message } }
}`

const AT_ONCE = 4

/** Makes sure of the whole tree. Resolves with each category's id by its slug, and how many were made. */
export async function ensureCategories(
  ask: Ask,
  roots: readonly CatalogueCategory[],
): Promise<{ ids: Map<string, string>; made: number }> {
  const found = await find(ask, slugsOf(roots))
  const ids = new Map([...found].map(([slug, { id }]) => [slug, id]))
  const there = ids.size
  // A parent before its children; siblings at once.
  const ensureAll = async (siblings: readonly CatalogueCategory[], parentId: string | null): Promise<void> => {
    await inParallel(siblings, AT_ONCE, async ({ slug, name, children = [] }) => {
      const id = ids.get(slug) ?? (await create(ask, { slug, name, parentId }))
      ids.set(slug, id)
      await ensureAll(children, id)
    })
  }
  await ensureAll(roots, null)
  return { ids, made: ids.size - there }
}

const find = (ask: Ask, slugs: readonly string[]) =>
  findBySlug(ask, slugs, { field: 'categoryBySlug', selection: '{ id }', schema: category })

const slugsOf = (categories: readonly CatalogueCategory[]): string[] =>
  categories.flatMap(({ slug, children = [] }) => [slug, ...slugsOf(children)])

async function create(ask: Ask, input: { slug: string; name: string; parentId: string | null }): Promise<string> {
  const { createCategory } = await ask({ document: CREATE, variables: { input }, answer: created })
  if (createCategory.category !== null) return createCategory.category.id
  // Somebody else made it meanwhile: another seed, or the last request of one that was interrupted.
  const there = (await find(ask, [input.slug])).get(input.slug)
  if (there !== undefined) return there.id
  throw new ShopError(`category ${input.slug} could not be made: ${createCategory.userErrors[0]?.message}`)
}
