import type { CategoryResolvers } from '../../../.generated/products.ts'
import { listUnder } from './product-list.ts'

/** The category tree. */
export const categoryResolvers: CategoryResolvers = {
  __resolveReference: ({ id }, { loaders }) => loaders.category.load(id),
  parent: ({ parentId }, _args, { loaders }) => (parentId === null ? null : loaders.category.load(parentId)),
  ancestors: ({ id }, _args, { loaders }) => loaders.ancestors.load(id),
  children: ({ id }, _args, { loaders }) => loaders.children.load(id),
  products: ({ id }, args, context) => listUnder(id, args, context),
}
