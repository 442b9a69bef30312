import DataLoader from 'dataloader'
import { loadMany, loadOne } from '#platform/db/by-key.ts'
import type { LoaderScope } from '#platform/graphql/define-subgraph.ts'
import type { ProductsServices } from './context.ts'
import { isPlain } from './domain/input.ts'
import { pricesOnSale } from './domain/prices.ts'
import * as categories from './persistence/category-rows.ts'
import { countFacetsUnder, type FacetRow } from './persistence/facets.ts'
import type { ProductFilter } from './persistence/product-filter.ts'
import { countProductsUnder, type ListedRow, type ListRequest, listProductsUnder } from './persistence/product-list.ts'
import { findProducts, findProductsBySlug } from './persistence/product-rows.ts'
import { findVariants, findVariantsBySku, findVariantsOf, type VariantRow } from './persistence/variant-rows.ts'
import { canWriteCatalog, seesDrafts } from './rights.ts'

/** The loaders of one request: one statement per tick each, and only what the viewer may see. */
export type ProductsLoaders = ReturnType<typeof createLoaders>

/** New loaders for one request. */
export function createLoaders(scope: LoaderScope<ProductsServices>) {
  const loaders = { ...productLoaders(scope), ...variantLoaders(scope), ...categoryLoaders(scope) }
  const under = listLoaders(scope)
  // After a change, what was read before it is no longer true.
  const forget = () => {
    for (const loader of Object.values(loaders)) loader.clearAll()
    under.clear()
  }
  return { ...loaders, under, forget }
}

function productLoaders({ sql, viewer }: LoaderScope<ProductsServices>) {
  const sight = { seesDrafts: seesDrafts(viewer) }
  return {
    product: loadOne(
      (ids) => findProducts(sql, ids, sight),
      (row) => row.id,
    ),
    productBySlug: loadByText(
      (slugs) => findProductsBySlug(sql, slugs, sight),
      (row) => row.slug,
    ),
  }
}

function variantLoaders({ sql, viewer }: LoaderScope<ProductsServices>) {
  const sight = { seesDrafts: seesDrafts(viewer) }
  const rights = { canWriteCatalog: canWriteCatalog(viewer) }
  const asSeen = async (rows: Promise<VariantRow[]>) =>
    (await rows).map((row) => ({ ...row, prices: pricesOnSale(row, rights) }))
  return {
    variant: loadOne(
      (ids) => asSeen(findVariants(sql, ids, sight)),
      (row) => row.id,
    ),
    variantBySku: loadByText(
      (skus) => asSeen(findVariantsBySku(sql, skus, sight)),
      (row) => row.sku,
    ),
    /** All of a product's, the removed ones last. */
    variantsOf: loadMany(
      (ids) => asSeen(findVariantsOf(sql, ids, sight)),
      (row) => row.productId,
    ),
  }
}

const categoryLoaders = ({ sql }: LoaderScope<ProductsServices>) => ({
  category: loadOne(
    (ids) => categories.findCategories(sql, ids),
    (row) => row.id,
  ),
  categoryBySlug: loadByText(
    (slugs) => categories.findCategoriesBySlug(sql, slugs),
    (row) => row.slug,
  ),
  children: loadMany(
    (ids) => categories.findChildren(sql, ids),
    (row) => row.parentId ?? '',
  ),
  ancestors: loadMany(
    (ids) => categories.findAncestors(sql, ids),
    (row) => row.ofId,
  ),
})

/** Lists under categories: for one and the same question, one statement for all categories. */
function listLoaders({ sql }: LoaderScope<ProductsServices>) {
  const pages = perQuestion<ListRequest, DataLoader<string, ListedRow[]>>((request) =>
    loadMany(
      (ids) => listProductsUnder(sql, ids, request),
      (row) => row.under,
    ),
  )
  const counts = perQuestion<ProductFilter, DataLoader<string, { count: number } | null>>((filter) =>
    loadOne(
      (ids) => countProductsUnder(sql, ids, filter),
      (row) => row.under,
    ),
  )
  const facets = perQuestion<ProductFilter, DataLoader<string, FacetRow[]>>((filter) =>
    loadMany(
      (ids) => countFacetsUnder(sql, ids, filter),
      (row) => row.under,
    ),
  )
  const clear = () => [pages, counts, facets].forEach((questions) => questions.clear())
  return { pages: pages.ask, counts: counts.ask, facets: facets.ask, clear }
}

function perQuestion<Question, Loader>(create: (question: Question) => Loader) {
  const known = new Map<string, Loader>()
  const ask = (question: Question): Loader => {
    const key = JSON.stringify(question, (_name, value: unknown) =>
      typeof value === 'bigint' ? value.toString() : value,
    )
    const loader = known.get(key) ?? create(question)
    known.set(key, loader)
    return loader
  }
  return { ask, clear: () => known.clear() }
}

/** By a key that a person typed: one that can't be in the database is not asked for. */
const loadByText = <Row>(
  fetch: (keys: string[]) => Promise<readonly Row[]>,
  keyOf: (row: Row) => string,
): DataLoader<string, Row | null> =>
  new DataLoader(async (keys) => {
    const possible = keys.filter(isPlain)
    const rows = possible.length === 0 ? [] : await fetch(possible)
    const byKey = new Map(rows.map((row) => [keyOf(row), row]))
    return keys.map((key) => byKey.get(key) ?? null)
  })
