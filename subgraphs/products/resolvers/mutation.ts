import type { MutationResolvers } from '../../../.generated/products.ts'
import * as categories from '../commands/categories.ts'
import { createProduct } from '../commands/create-product.ts'
import type { Outcome } from '../commands/outcome.ts'
import { archiveProduct, updateProduct } from '../commands/update-product.ts'
import { addVariant, removeVariant, setVariantPrices, updateVariant } from '../commands/variants.ts'
import type { ProductsContext } from '../context.ts'
import type { CategoryRow } from '../persistence/category-rows.ts'

/** What can be changed. Who may is said by the schema's `@requiresScopes`. */
export const mutationResolvers: MutationResolvers = {
  createProduct: (_root, { input }, context) =>
    productPayload(context, createProduct(within(context), input, new Date())),
  updateProduct: (_root, { input: { id, ...patch } }, context) =>
    productPayload(context, updateProduct(within(context), id, patch, new Date())),
  archiveProduct: (_root, { input }, context) =>
    productPayload(context, archiveProduct(within(context), input.id, new Date())),
  addVariant: (_root, { input }, context) =>
    variantPayload(context, addVariant(within(context), input.productId, input.variant, new Date())),
  updateVariant: (_root, { input: { id, ...patch } }, context) =>
    variantPayload(context, updateVariant(within(context), id, patch, new Date())),
  removeVariant: (_root, { input }, context) =>
    productPayload(context, removeVariant(within(context), input.id, new Date())),
  setVariantPrices: (_root, { input }, context) =>
    variantPayload(context, setVariantPrices(within(context), input.variantId, input.prices, new Date())),
  createCategory: (_root, { input }, context) =>
    categoryPayload(context, categories.createCategory(within(context), input)),
  updateCategory: (_root, { input: { id, ...patch } }, context) =>
    categoryPayload(context, categories.updateCategory(within(context), id, patch)),
  removeCategory: (_root, { input }, context) =>
    categoryPayload(context, categories.removeCategory(within(context), input.id, new Date())),
}

const within =
  (context: ProductsContext): ProductsContext['transaction'] =>
  (work) =>
    context.transaction(work)

async function productPayload({ loaders }: ProductsContext, outcome: Promise<Outcome<string>>) {
  const result = await outcome
  if (!result.ok) return { product: null, userErrors: [...result.refusals] }
  loaders.forget()
  return { product: await loaders.product.load(result.value), userErrors: [] }
}

async function variantPayload({ loaders }: ProductsContext, outcome: Promise<Outcome<string>>) {
  const result = await outcome
  if (!result.ok) return { variant: null, userErrors: [...result.refusals] }
  loaders.forget()
  return { variant: await loaders.variant.load(result.value), userErrors: [] }
}

async function categoryPayload({ loaders }: ProductsContext, outcome: Promise<Outcome<CategoryRow>>) {
  const result = await outcome
  loaders.forget()
  return result.ok ? { category: result.value, userErrors: [] } : { category: null, userErrors: [...result.refusals] }
}
