import type { Resolvers } from '../../../.generated/orders.ts'
import { Mutation } from './mutation.ts'
import { Query } from './query.ts'
import { Subscription } from './subscription.ts'
import { CheckoutQuote, Order, OrderError, OrderLine, User } from './types.ts'

/** All resolvers of the orders subgraph. */
export const resolvers: Resolvers = { Query, Mutation, Subscription, Order, OrderLine, OrderError, CheckoutQuote, User }
