import type { QueryResolvers } from '../../../.generated/products.ts'
import { badInput } from '#platform/kernel/errors.ts'
import { searchTerms, toTsquery } from '../domain/search-query.ts'
import { findRoots } from '../persistence/category-rows.ts'
import { lookUpTerms } from '../persistence/search.ts'
import { listAll } from './product-list.ts'

const MAX_IDS = 100

/** What can be read. */
export const queryResolvers: QueryResolvers = {
  product: (_root, { id }, { loaders }) => loaders.product.load(id),
  productBySlug: (_root, { slug }, { loaders }) => loaders.productBySlug.load(slug),
  productsById: (_root, { ids }, { loaders }) => {
    if (ids.length > MAX_IDS) throw badInput('ids', `at most ${MAX_IDS} ids, got ${ids.length}`)
    return Promise.all(ids.map((id) => loaders.product.load(id)))
  },
  variant: (_root, { id }, { loaders }) => loaders.variant.load(id),
  variantBySku: (_root, { sku }, { loaders }) => loaders.variantBySku.load(sku),
  products: (_root, args, context) => listAll(args, null, context),
  searchProducts: async (_root, args, context) => {
    const terms = searchTerms(args.query)
    if (terms.length === 0) throw badInput('query', 'at least one word or number')
    return listAll(args, toTsquery(await lookUpTerms(context.sql, terms)), context)
  },
  category: (_root, { id }, { loaders }) => loaders.category.load(id),
  categoryBySlug: (_root, { slug }, { loaders }) => loaders.categoryBySlug.load(slug),
  categories: (_root, _args, { sql }) => findRoots(sql),
}
