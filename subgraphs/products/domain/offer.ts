import type { Currency } from '#platform/kernel/currency.ts'
import type { Money } from '#platform/kernel/money.ts'
import type { Price } from './catalog.ts'
import { priceIn } from './prices.ts'

type Priced = { readonly prices: readonly Price[] }

/** The variant that a list shows: the cheapest in `currency`, else the first; undefined where there is none at all. */
export function defaultVariant<Variant extends Priced>(
  variants: readonly Variant[],
  currency: Currency,
): Variant | undefined {
  let best = variants[0]
  let least = best && priceIn(best.prices, currency)?.amountMinor
  for (const variant of variants) {
    const amount = priceIn(variant.prices, currency)?.amountMinor
    if (amount === undefined || (least !== undefined && amount >= least)) continue
    best = variant
    least = amount
  }
  return best
}

/** The cheapest and the dearest variant's price in `currency`; null where none is priced in it. */
export function priceRange(variants: readonly Priced[], currency: Currency): { min: Money; max: Money } | null {
  const amounts = variants.flatMap(({ prices }) => priceIn(prices, currency)?.amountMinor ?? [])
  const [first] = amounts
  if (first === undefined) return null
  const min = amounts.reduce((a, b) => (b < a ? b : a), first)
  const max = amounts.reduce((a, b) => (b > a ? b : a), first)
  return { min: { amountMinor: min, currency }, max: { amountMinor: max, currency } }
}
