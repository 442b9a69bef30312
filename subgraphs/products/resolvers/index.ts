import type { Resolvers } from '../../../.generated/products.ts'
import { categoryResolvers } from './category.ts'
import { mutationResolvers } from './mutation.ts'
import { productResolvers } from './product.ts'
import { queryResolvers } from './query.ts'
import { subscriptionResolvers } from './subscription.ts'

/** The graph of products. */
export const resolvers: Resolvers = {
  Query: queryResolvers,
  Mutation: mutationResolvers,
  Subscription: subscriptionResolvers,
  Category: categoryResolvers,
  ...productResolvers,
}
