import { isCurrency } from '#platform/kernel/currency.ts'
import { type Money, parseMoney } from '#platform/kernel/money.ts'

// What computes with money is the shop's own arithmetic: exact, in minor units, without floats.
export { add, equals, type Money, multiply, subtract, sum, toMoneyText } from '#platform/kernel/money.ts'

/** Money as the graph writes it. The currency may be one that this version of the client has never heard of. */
export type GraphMoney = { readonly amount: string; readonly currency: string }

/** To compute with. Null where the currency is unknown here, or the amount is none. */
export const readMoney = ({ amount, currency }: GraphMoney): Money | null =>
  isCurrency(currency) ? parseMoney({ amount, currency }) : null

/** As people of `locale` write it: `{ amount: '299.99', currency: 'EUR' }` is `299,99 €` in German. */
export const displayMoney = ({ amount, currency }: GraphMoney, locale?: string): string =>
  // The text goes in as it is: a number would round what has more than fifteen digits.
  new Intl.NumberFormat(locale, { style: 'currency', currency }).format(amount as `${number}`)
