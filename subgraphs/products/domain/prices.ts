import type { Currency } from '#platform/kernel/currency.ts'
import { minorDigits } from '#platform/kernel/currency.ts'
import { type MoneyText, parseMoney, toMoneyText } from '#platform/kernel/money.ts'
import type { Refusal } from '#platform/kernel/result.ts'
import type { Price, ProductStatus } from './catalog.ts'

/** A price as a client gives it. */
export type PriceInput = { price: MoneyText; compareAtPrice?: MoneyText | null | undefined }

/** A price as the graph writes it. */
export type PriceText = { price: MoneyText; compareAtPrice: MoneyText | null }

type PriceRefusal = Refusal<'INVALID_PRICE'>

/** Reads prices that stand at `path`; every fault is named, with the prices that are good. */
export function readPrices(
  inputs: readonly PriceInput[],
  path: readonly string[],
): { prices: Price[]; refusals: PriceRefusal[] } {
  const prices: Price[] = []
  const refusals: PriceRefusal[] = []
  const seen = new Set<Currency>()
  for (const [index, input] of inputs.entries()) {
    const at = [...path, String(index)]
    const { currency } = input.price
    if (seen.has(currency))
      refusals.push(invalid(`one price per currency, ${currency} comes twice`, [...at, 'price', 'currency']))
    seen.add(currency)
    const price = readPrice(input, at)
    if (isRefusal(price)) refusals.push(price)
    else prices.push(price)
  }
  return { prices, refusals }
}

/** The price in `currency`; null where there is none. */
export const priceIn = (prices: readonly Price[], currency: Currency): Price | null =>
  prices.find((price) => price.currency === currency) ?? null

/** What a variant can be bought for, as the viewer sees it: nothing where it is off sale, or not yet on it. */
export function pricesOnSale(
  variant: { prices: Price[]; isRemoved: boolean; productStatus: ProductStatus },
  viewer: { canWriteCatalog: boolean },
): Price[] {
  if (variant.isRemoved || variant.productStatus === 'ARCHIVED') return []
  return variant.productStatus === 'DRAFT' && !viewer.canWriteCatalog ? [] : variant.prices
}

/** A price as the graph writes it. */
export const toPriceText = ({ currency, amountMinor, compareAtMinor }: Price): PriceText => ({
  price: toMoneyText({ amountMinor, currency }),
  compareAtPrice: compareAtMinor === null ? null : toMoneyText({ amountMinor: compareAtMinor, currency }),
})

function readPrice({ price, compareAtPrice }: PriceInput, at: readonly string[]): Price | PriceRefusal {
  const now = readAmount(price, [...at, 'price', 'amount'])
  if (isRefusal(now)) return now
  if (compareAtPrice === null || compareAtPrice === undefined) return toPrice(price.currency, now, null)
  const compareAt = [...at, 'compareAtPrice']
  if (compareAtPrice.currency !== price.currency) {
    return invalid(`the former price must be in ${price.currency} too, got ${compareAtPrice.currency}`, [
      ...compareAt,
      'currency',
    ])
  }
  const former = readAmount(compareAtPrice, [...compareAt, 'amount'])
  if (isRefusal(former)) return former
  if (former <= now) return invalid(`the former price must be higher than ${price.amount}`, [...compareAt, 'amount'])
  return toPrice(price.currency, now, former)
}

const toPrice = (currency: Currency, amountMinor: bigint, compareAtMinor: bigint | null): Price => ({
  currency,
  amountMinor,
  compareAtMinor,
})

function readAmount(text: MoneyText, path: readonly string[]): bigint | PriceRefusal {
  const parsed = parseMoney(text)
  if (parsed !== null && parsed.amountMinor > 0n) return parsed.amountMinor
  return invalid(
    `expected more than nothing, with at most ${minorDigits(text.currency)} decimals, got ${text.amount} ${text.currency}`,
    path,
  )
}

const invalid = (message: string, path: readonly string[]): PriceRefusal => ({ code: 'INVALID_PRICE', message, path })

const isRefusal = (value: object | bigint): value is PriceRefusal => typeof value === 'object' && 'code' in value
