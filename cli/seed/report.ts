/** How much the seed made; what was there already does not count. */
export type Seeded = { categories: number; products: number; stockRecords: number; accounts: number }

/** One sentence about it. */
export function describeSeeded(seeded: Seeded): string {
  const parts = [
    many(seeded.categories, 'category', 'categories'),
    many(seeded.products, 'product', 'products'),
    many(seeded.stockRecords, 'stock record', 'stock records'),
    many(seeded.accounts, 'demo account', 'demo accounts'),
  ].filter((part) => part !== undefined)
  return parts.length === 0 ? 'The demo data is there already: nothing was made.' : `Made ${parts.join(', ')}.`
}

const many = (count: number, one: string, several: string): string | undefined =>
  count === 0 ? undefined : `${count} ${count === 1 ? one : several}`
