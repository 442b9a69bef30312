/** A currency that the demo catalogue is priced in. */
export type DemoCurrency = 'USD' | 'EUR' | 'GBP' | 'JPY'

/** A price as the graph takes it. */
export type CataloguePrice = {
  price: { amount: string; currency: DemoCurrency }
  compareAtPrice?: { amount: string; currency: DemoCurrency }
}

/** A variant as the graph takes it, with the stock it begins with. */
export type CatalogueVariant = {
  sku: string
  options?: { name: string; value: string }[]
  prices: CataloguePrice[]
  weightGrams: number
  stock: number
  lowStockThreshold: number
}

/** A product as the graph takes it; `category` is a slug of the tree. */
export type CatalogueProduct = {
  slug: string
  name: string
  description: string
  category: string
  images: { url: string; altText: string }[]
  variants: CatalogueVariant[]
}

/** A node of the category tree. */
export type CatalogueCategory = { slug: string; name: string; children?: CatalogueCategory[] }
