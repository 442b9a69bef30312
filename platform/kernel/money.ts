import { type Currency, minorDigits } from './currency.ts'

/** An amount in one currency, in its minor units (cents; yen). Never a float. */
export type Money = { readonly amountMinor: bigint; readonly currency: Currency }

/** As the graph writes it: an exact decimal string with exactly the currency's decimals. */
export type MoneyText = { readonly amount: string; readonly currency: Currency }

// Far beyond any price, and far inside PostgreSQL's bigint (9.2e18), so that sums of thousands of lines still fit.
const MAX_MINOR = 10n ** 15n
// Far beyond that too: a megabyte of digits is refused before it is computed with.
const MAX_TEXT = 32
const DECIMAL = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?$/

/** An amount of minor units as money. */
export const money = (amountMinor: bigint, currency: Currency): Money => ({ amountMinor, currency })

/** Nothing, in `currency`. */
export const zero = (currency: Currency): Money => money(0n, currency)

/**
 * Reads `"299.99"` as money. Null where it is no decimal number, has more decimals than the currency, or exceeds 10¹³ units.
 * Fewer decimals than the currency has are taken as they are meant: `"5"` USD is five dollars.
 */
export function parseMoney(text: MoneyText): Money | null {
  const match = text.amount.length > MAX_TEXT ? null : DECIMAL.exec(text.amount)
  if (match === null) return null
  const [, sign, whole = '0', fraction = ''] = match
  const digits = minorDigits(text.currency)
  if (fraction.length > digits) return null
  const minor = BigInt(whole + fraction.padEnd(digits, '0'))
  if (minor > MAX_MINOR) return null
  return money(sign === '-' ? -minor : minor, text.currency)
}

/** The amount as the graph writes it: `29999n` USD is `"299.99"`, `500n` JPY is `"500"`. */
export function formatAmount({ amountMinor, currency }: Money): string {
  const digits = minorDigits(currency)
  const sign = amountMinor < 0n ? '-' : ''
  const text = (amountMinor < 0n ? -amountMinor : amountMinor).toString().padStart(digits + 1, '0')
  if (digits === 0) return sign + text
  return `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`
}

/** Money as the graph writes it. */
export const toMoneyText = (value: Money): MoneyText => ({ amount: formatAmount(value), currency: value.currency })

/** The sum. Throws on two currencies: adding those is a bug, not a refusal. */
export function add(a: Money, b: Money): Money {
  requireSameCurrency(a, b)
  return money(a.amountMinor + b.amountMinor, a.currency)
}

/** `a` less `b`; may be negative. Throws on two currencies. */
export function subtract(a: Money, b: Money): Money {
  requireSameCurrency(a, b)
  return money(a.amountMinor - b.amountMinor, a.currency)
}

/** `value`, `quantity` times. */
export const multiply = (value: Money, quantity: number): Money =>
  money(value.amountMinor * BigInt(quantity), value.currency)

/** The sum of `values`, all of which must be in `currency`. */
export const sum = (values: readonly Money[], currency: Currency): Money => values.reduce(add, zero(currency))

/** Whether both are the same amount in the same currency. */
export const equals = (a: Money, b: Money): boolean => a.currency === b.currency && a.amountMinor === b.amountMinor

function requireSameCurrency(a: Money, b: Money): void {
  if (a.currency !== b.currency)
    throw new Error(`expected two amounts in one currency, got ${a.currency} and ${b.currency}`)
}
