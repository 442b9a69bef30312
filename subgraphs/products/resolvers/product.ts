import type { Resolvers } from '../../../.generated/products.ts'
import { toMoneyText } from '#platform/kernel/money.ts'
import type { ProductsContext } from '../context.ts'
import { defaultVariant, priceRange } from '../domain/offer.ts'
import { priceIn, toPriceText } from '../domain/prices.ts'
import type { VariantRow } from '../persistence/variant-rows.ts'

/** Products, their variants and pages of them. */
export const productResolvers: Pick<Resolvers, 'Product' | 'ProductVariant' | 'ProductConnection'> = {
  Product: {
    __resolveReference: ({ id }, { loaders }) => loaders.product.load(id),
    category: ({ categoryId }, _args, { loaders }) => (categoryId === null ? null : loaders.category.load(categoryId)),
    variants: ({ id }, _args, { loaders }) => onSale(id, loaders),
    defaultVariant: async ({ id }, _args, { loaders, currency }) => {
      // Of an archived product all may be gone; then the removed ones still tell what it was.
      const shown = defaultVariant(await onSale(id, loaders), currency) ?? (await loaders.variantsOf.load(id))[0]
      return present(shown, `a variant of product ${id}`)
    },
    priceRange: async ({ id }, args, { loaders, currency }) => {
      const range = priceRange(await onSale(id, loaders), args.currency ?? currency)
      return range && { min: toMoneyText(range.min), max: toMoneyText(range.max) }
    },
  },
  ProductVariant: {
    __resolveReference: ({ id }, { loaders }) => loaders.variant.load(id),
    product: async ({ productId }, _args, { loaders }) =>
      present(await loaders.product.load(productId), `product ${productId}`),
    price: ({ prices }, args, { currency }) => priceTextIn(prices, args.currency ?? currency)?.price ?? null,
    compareAtPrice: ({ prices }, args, { currency }) =>
      priceTextIn(prices, args.currency ?? currency)?.compareAtPrice ?? null,
    prices: ({ prices }) => prices.map(toPriceText),
  },
  ProductConnection: {
    totalCount: (list) => list.countAll(),
    facets: (list) => list.countFacets(),
  },
}

const onSale = async (id: string, loaders: ProductsContext['loaders']): Promise<VariantRow[]> =>
  (await loaders.variantsOf.load(id)).filter((variant) => !variant.isRemoved)

function priceTextIn(prices: VariantRow['prices'], currency: Parameters<typeof priceIn>[1]) {
  const price = priceIn(prices, currency)
  return price && toPriceText(price)
}

function present<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new Error(`expected ${what}, there is none`)
  return value
}
