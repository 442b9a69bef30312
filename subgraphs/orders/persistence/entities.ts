import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql'
import type { Currency } from '#platform/kernel/currency.ts'
import type { PostalAddress } from '#platform/kernel/postal-address.ts'
import type { ChangeReason, OrderStatus } from '../domain/order.ts'
import type { LineQuantity } from '../domain/refund.ts'
import type { Outcome, Reached } from '../domain/settlement.ts'

/** How the order is to be charged. Kept only until payments has answered. */
export type PaymentSource = { methodId: string | null; token: string | null; returnUrl: string | null }

/** An order with the state of its durable work. Its lines, history, shipments, payments and refunds are rows of their own. */
export const Order = defineEntity({
  name: 'Order',
  tableName: 'customer_order',
  properties: {
    id: p.uuid().primary(),
    number: p.text(),
    userId: p.uuid().fieldName('user_id'),
    idempotencyKey: p.text().fieldName('idempotency_key'),
    inputHash: p.text().fieldName('input_hash'),
    status: p.text().$type<OrderStatus>(),
    currency: p.text().$type<Currency>(),
    subtotalMinor: p.bigint().fieldName('subtotal_minor'),
    shippingMinor: p.bigint().fieldName('shipping_minor'),
    taxMinor: p.bigint().fieldName('tax_minor'),
    totalMinor: p.bigint().fieldName('total_minor'),
    paidMinor: p.bigint().fieldName('paid_minor'),
    refundedMinor: p.bigint().fieldName('refunded_minor'),
    shippingOptionId: p.text().fieldName('shipping_option_id'),
    shippingAddress: p.json<PostalAddress>().fieldName('shipping_address'),
    cartId: p.text().fieldName('cart_id'),
    cartVersion: p.integer().fieldName('cart_version'),
    reached: p.text().$type<Reached>(),
    paymentSource: p.json<PaymentSource>().strictNullable().fieldName('payment_source'),
    paidBy: p.text().strictNullable().fieldName('paid_by'),
    outcome: p.json<Outcome>().strictNullable(),
    paymentDueAt: p.datetime().fieldName('payment_due_at'),
    version: p.integer(),
    createdAt: p.datetime().fieldName('created_at'),
    updatedAt: p.datetime().fieldName('updated_at'),
  },
})
/** A row of {@link Order}. */
export type OrderEntity = InferEntity<typeof Order>

/** What was bought, as it was when it was bought. */
export const OrderLine = defineEntity({
  name: 'OrderLine',
  tableName: 'order_line',
  properties: {
    id: p.uuid().primary(),
    orderId: p.uuid().fieldName('order_id'),
    position: p.integer(),
    variantId: p.uuid().fieldName('variant_id'),
    productId: p.uuid().fieldName('product_id'),
    sku: p.text(),
    productName: p.text().fieldName('product_name'),
    variantName: p.text().fieldName('variant_name'),
    quantity: p.integer(),
    refundedQuantity: p.integer().fieldName('refunded_quantity'),
    unitPriceMinor: p.bigint().fieldName('unit_price_minor'),
    currency: p.text().$type<Currency>(),
  },
})
/** A row of {@link OrderLine}. */
export type OrderLineEntity = InferEntity<typeof OrderLine>

/** One change of an order's status. */
export const StatusChange = defineEntity({
  name: 'StatusChange',
  tableName: 'status_change',
  properties: {
    id: p.uuid().primary(),
    orderId: p.uuid().fieldName('order_id'),
    version: p.integer(),
    status: p.text().$type<OrderStatus>(),
    reason: p.text().$type<ChangeReason>(),
    note: p.text().strictNullable(),
    at: p.datetime(),
  },
})
/** A row of {@link StatusChange}. */
export type StatusChangeEntity = InferEntity<typeof StatusChange>

/** A parcel on its way. */
export const Shipment = defineEntity({
  name: 'Shipment',
  tableName: 'shipment',
  properties: {
    id: p.uuid().primary(),
    orderId: p.uuid().fieldName('order_id'),
    carrier: p.text().strictNullable(),
    trackingNumber: p.text().strictNullable().fieldName('tracking_number'),
    trackingUrl: p.text().strictNullable().fieldName('tracking_url'),
    shippedAt: p.datetime().fieldName('shipped_at'),
    deliveredAt: p.datetime().strictNullable().fieldName('delivered_at'),
  },
})
/** A row of {@link Shipment}. */
export type ShipmentEntity = InferEntity<typeof Shipment>

/** What payments has reported of one payment. */
export const OrderPayment = defineEntity({
  name: 'OrderPayment',
  tableName: 'order_payment',
  properties: {
    paymentId: p.text().primary().fieldName('payment_id'),
    orderId: p.uuid().fieldName('order_id'),
    version: p.integer(),
    currency: p.text().$type<Currency>(),
    capturedMinor: p.bigint().fieldName('captured_minor'),
    refundedMinor: p.bigint().fieldName('refunded_minor'),
  },
})

/** A refund that the shop asked for: ASKED until payments has answered. */
export const OrderRefund = defineEntity({
  name: 'OrderRefund',
  tableName: 'order_refund',
  properties: {
    id: p.uuid().primary(),
    orderId: p.uuid().fieldName('order_id'),
    idempotencyKey: p.text().fieldName('idempotency_key'),
    inputHash: p.text().fieldName('input_hash'),
    amountMinor: p.bigint().fieldName('amount_minor'),
    currency: p.text().$type<Currency>(),
    lines: p.json<LineQuantity[]>(),
    reason: p.text().strictNullable(),
    status: p.text().$type<'ASKED' | 'MADE' | 'REFUSED'>(),
    createdAt: p.datetime().fieldName('created_at'),
  },
})
/** A row of {@link OrderRefund}. */
export type OrderRefundEntity = InferEntity<typeof OrderRefund>

/** All of them. */
export const ENTITIES = [Order, OrderLine, StatusChange, Shipment, OrderPayment, OrderRefund]
