import type {
  ProductResolvers,
  ProductVariantResolvers,
  StockErrorResolvers,
  StockLevelResolvers,
  StockMovementResolvers,
  UnavailableItemResolvers,
} from '../../../.generated/inventory.ts'
import type { InventoryContext } from '../context.ts'
import { available, type StockLevel as Level } from '../domain/stock.ts'
import type { VariantReference } from '../references.ts'

export const ProductVariant: ProductVariantResolvers = {
  // Whether there is such a variant is products' to say; one that nobody counted has no stock.
  __resolveReference: ({ id }) => ({ id }),
  stock: (variant, _args, context) => stockOf(variant, context),
  inStock: (variant, _args, context) => isInStock(variant, context),
}

export const Product: ProductResolvers = {
  __resolveReference: (product) => product,
  inStock: async ({ variants }, _args, context) => {
    const inStock = await Promise.all((variants ?? []).map((variant) => isInStock(variant, context)))
    return inStock.includes(true)
  },
}

export const StockLevel: StockLevelResolvers = {
  variant: (level) => ({ id: level.variantId, stock: level }),
  available: (level) => available(level),
}

export const StockMovement: StockMovementResolvers = {
  order: ({ orderId }) => (orderId === null ? null : { id: orderId }),
}

export const StockError: StockErrorResolvers = {
  variant: ({ variantId }) => (variantId === undefined ? null : { id: variantId }),
}

export const UnavailableItem: UnavailableItemResolvers = {
  variant: async ({ variantId, hasStock }, _args, { loaders }) =>
    hasStock || (await loaders.isVariant.load(variantId)) ? { id: variantId } : null,
}

const stockOf = async ({ id, stock }: VariantReference, { loaders }: InventoryContext): Promise<Level | null> =>
  stock === undefined ? loaders.stock.load(id) : stock

async function isInStock(variant: VariantReference, context: InventoryContext): Promise<boolean> {
  const stock = await stockOf(variant, context)
  return stock !== null && available(stock) > 0
}
