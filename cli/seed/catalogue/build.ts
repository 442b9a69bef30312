import type { CataloguePrice, CatalogueProduct, CatalogueVariant, DemoCurrency } from './types.ts'

/** Amounts in dollars, euros, pounds and yen, in this order. */
export type Amounts = readonly [usd: string, eur: string, gbp: string, jpy: string]

/** What one or more variants cost and weigh, and how many of each there are. */
export type Terms = { prices: Amounts; was?: Amounts; grams: number; stock: number }

const CURRENCIES: readonly DemoCurrency[] = ['USD', 'EUR', 'GBP', 'JPY']
// Enough that the shop hears of it before the last one is sold.
const LOW_STOCK = 5
const CODE_LENGTH = 6

/** A product with its slug and its pictures, `views` of it, the main one first. */
export const product = (
  name: string,
  category: string,
  description: string,
  variants: CatalogueVariant[],
  views: readonly string[] = ['front', 'side'],
): CatalogueProduct => {
  const slug = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')
  const images = views.map((view) => ({
    url: `https://images.example.com/${slug}/${view.replaceAll(' ', '-')}.jpg`,
    altText: `${name}, ${view}`,
  }))
  return { slug, name, description, category, images, variants }
}

/** The one variant of a product without choices. */
export const single = (sku: string, terms: Terms): CatalogueVariant[] => [variant(sku, terms)]

/** One variant for each value of one choice, each on its own terms. */
export const each = (base: string, name: string, terms: Readonly<Record<string, Terms>>): CatalogueVariant[] =>
  Object.entries(terms).map(([value, own]) => ({
    ...variant(`${base}-${code(value)}`, own),
    options: [{ name, value }],
  }))

/** One variant for every combination of choices, all on the same terms. */
export const all = (
  base: string,
  choices: Readonly<Record<string, readonly string[]>>,
  terms: Terms,
): CatalogueVariant[] =>
  combine(Object.entries(choices)).map((options) => ({
    ...variant([base, ...options.map(({ value }) => code(value))].join('-'), terms),
    options,
  }))

const variant = (sku: string, { prices, was, grams, stock }: Terms): CatalogueVariant => ({
  sku,
  prices: CURRENCIES.map((currency, index) => price(currency, prices[index] ?? '', was?.[index])),
  weightGrams: grams,
  stock,
  lowStockThreshold: LOW_STOCK,
})

const price = (currency: DemoCurrency, amount: string, was: string | undefined): CataloguePrice => ({
  price: { amount, currency },
  ...(was !== undefined && { compareAtPrice: { amount: was, currency } }),
})

const combine = (choices: readonly [string, readonly string[]][]): { name: string; value: string }[][] =>
  choices.reduce<{ name: string; value: string }[][]>(
    (made, [name, values]) => made.flatMap((options) => values.map((value) => [...options, { name, value }])),
    [[]],
  )

const code = (value: string): string =>
  value
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]/g, '')
    .slice(0, CODE_LENGTH)
