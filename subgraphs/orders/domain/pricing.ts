import type { Currency } from '#platform/kernel/currency.ts'
import { add, type Money, multiply, sum, zero } from '#platform/kernel/money.ts'
import type { PostalAddress } from '#platform/kernel/postal-address.ts'

/** What is bought: how many of what, at which price each. */
export type PricedLine = { readonly quantity: number; readonly unitPrice: Money }

/** A way to ship, and what it costs. */
export type ShippingOption = { readonly id: string; readonly name: string; readonly price: Money }

/** The sums of a purchase; `total` is what is charged. */
export type Totals = { readonly subtotal: Money; readonly shipping: Money; readonly tax: Money; readonly total: Money }

/** The ways to ship `lines` to an address, cheapest first. One, free of charge, for now. */
export const shippingOptions = (purchase: {
  currency: Currency
  lines: readonly PricedLine[]
  to: PostalAddress
}): ShippingOption[] => [{ id: 'standard', name: 'Standard', price: zero(purchase.currency) }]

/** The tax that comes on top of `subtotal` and `shipping` at an address. None, for now. */
export const taxOf = (purchase: { subtotal: Money; shipping: Money; to: PostalAddress }): Money =>
  zero(purchase.subtotal.currency)

/** What a line comes to. */
export const lineTotal = (line: PricedLine): Money => multiply(line.unitPrice, line.quantity)

/** Adds a purchase up. All prices must be in `currency`. */
export function totalsOf(purchase: {
  currency: Currency
  lines: readonly PricedLine[]
  shipping: Money
  to: PostalAddress
}): Totals {
  const { currency, lines, shipping, to } = purchase
  const subtotal = sum(lines.map(lineTotal), currency)
  const tax = taxOf({ subtotal, shipping, to })
  return { subtotal, shipping, tax, total: add(add(subtotal, shipping), tax) }
}
