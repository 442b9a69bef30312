import type { OrdersScope } from '../context.ts'
import type { OrderResult } from '../domain/refusals.ts'
import { lastAttemptAt } from './patience.ts'
import { type Purchase, type PurchaseRequest, readPurchase } from './read-purchase.ts'

/** What `checkout` would charge now. Writes and reserves nothing. */
export const quote = (scope: OrdersScope, request: PurchaseRequest): Promise<OrderResult<Purchase>> =>
  readPurchase(scope, request, lastAttemptAt(scope.runtime.config, Date.now()))
