import type { Resolvers } from '../../../.generated/inventory.ts'
import { Mutation } from './mutation.ts'
import { Query } from './query.ts'
import { Subscription } from './subscription.ts'
import { Product, ProductVariant, StockError, StockLevel, StockMovement, UnavailableItem } from './types.ts'

/** All of inventory's resolvers. */
export const resolvers: Resolvers = {
  Query,
  Mutation,
  Subscription,
  Product,
  ProductVariant,
  StockError,
  StockLevel,
  StockMovement,
  UnavailableItem,
}
