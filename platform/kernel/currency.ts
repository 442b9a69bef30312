/** ISO 4217 codes that prices can be listed in; the same list as `CurrencyCode` in common.graphql. */
export const CURRENCIES = ['AUD', 'CAD', 'CHF', 'EUR', 'GBP', 'INR', 'JPY', 'USD'] as const

/** An ISO 4217 code the shop can price in. */
export type Currency = (typeof CURRENCIES)[number]

// ISO 4217 table A.1, column "minor unit". All of ours have two but the yen.
const MINOR_DIGITS: Partial<Record<Currency, number>> = { JPY: 0 }

/** How many decimals an amount in `currency` has (ISO 4217's "minor unit"). */
export const minorDigits = (currency: Currency): number => MINOR_DIGITS[currency] ?? 2

/** Whether `code` is one of {@link CURRENCIES}. */
export const isCurrency = (code: unknown): code is Currency => CURRENCIES.includes(code as Currency)
