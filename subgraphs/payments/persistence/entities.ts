import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql'
import type { Currency } from '#platform/kernel/currency.ts'
import type { PaymentStatus } from '../domain/payment.ts'
import type { RefundStatus } from '../domain/refund.ts'

/** One attempt to pay an order. */
export const Payment = defineEntity({
  name: 'Payment',
  tableName: 'payment',
  properties: {
    id: p.uuid().primary(),
    orderId: p.uuid().fieldName('order_id'),
    userId: p.uuid().fieldName('user_id'),
    amountMinor: p.bigint().fieldName('amount_minor'),
    refundedMinor: p.bigint().fieldName('refunded_minor'),
    currency: p.text().$type<Currency>(),
    status: p.text().$type<PaymentStatus>(),
    provider: p.text(),
    /** The provider's own id of the charge; null until it has answered. */
    providerReference: p.text().strictNullable().fieldName('provider_reference'),
    methodBrand: p.text().fieldName('method_brand'),
    methodLast4: p.text().strictNullable().fieldName('method_last4'),
    failureCode: p.text().strictNullable().fieldName('failure_code'),
    nextActionUrl: p.text().strictNullable().fieldName('next_action_url'),
    idempotencyKey: p.text().fieldName('idempotency_key'),
    inputHash: p.text().fieldName('input_hash'),
    /** Until then the provider may still hear of the charge, so that not knowing it proves nothing. Null: it can't any more. */
    inFlightUntil: p.datetime().strictNullable().fieldName('in_flight_until'),
    /** When the order is cancelled unless it is paid. */
    dueAt: p.datetime().fieldName('due_at'),
    version: p.integer(),
    /** The last version that orders has acknowledged. */
    reportedVersion: p.integer().fieldName('reported_version'),
    createdAt: p.datetime().fieldName('created_at'),
    updatedAt: p.datetime().fieldName('updated_at'),
  },
})
/** A row of {@link Payment}. */
export type PaymentRow = InferEntity<typeof Payment>

/** Money given back, or about to be. */
export const Refund = defineEntity({
  name: 'Refund',
  tableName: 'refund',
  properties: {
    id: p.uuid().primary(),
    paymentId: p.uuid().fieldName('payment_id'),
    amountMinor: p.bigint().fieldName('amount_minor'),
    currency: p.text().$type<Currency>(),
    status: p.text().$type<RefundStatus>(),
    reason: p.text().strictNullable(),
    providerReference: p.text().strictNullable().fieldName('provider_reference'),
    /** Whose keys they are: a person's id, or `orders`. */
    requestedBy: p.text().fieldName('requested_by'),
    idempotencyKey: p.text().fieldName('idempotency_key'),
    inputHash: p.text().fieldName('input_hash'),
    createdAt: p.datetime().fieldName('created_at'),
    settledAt: p.datetime().strictNullable().fieldName('settled_at'),
  },
})
/** A row of {@link Refund}. */
export type RefundRow = InferEntity<typeof Refund>

/** A method of payment that a person keeps for later. */
export const PaymentMethod = defineEntity({
  name: 'PaymentMethod',
  tableName: 'payment_method',
  properties: {
    id: p.uuid().primary(),
    userId: p.uuid().fieldName('user_id'),
    provider: p.text(),
    token: p.text(),
    brand: p.text(),
    last4: p.text().strictNullable(),
    expiryMonth: p.integer().strictNullable().fieldName('expiry_month'),
    expiryYear: p.integer().strictNullable().fieldName('expiry_year'),
    isDefault: p.boolean().fieldName('is_default'),
    createdAt: p.datetime().fieldName('created_at'),
  },
})
/** A row of {@link PaymentMethod}. */
export type PaymentMethodRow = InferEntity<typeof PaymentMethod>
