import { AUDIO } from './catalogue/audio.ts'
import { CAMERAS } from './catalogue/cameras.ts'
import { CATEGORIES } from './catalogue/categories.ts'
import { COMPUTERS } from './catalogue/computers.ts'
import { FASHION } from './catalogue/fashion.ts'
import { HOME } from './catalogue/home.ts'
import { SPORTS } from './catalogue/sports.ts'
import type { CatalogueCategory, CatalogueProduct } from './catalogue/types.ts'
import { WEARABLES } from './catalogue/wearables.ts'

export type { CatalogueCategory, CatalogueProduct } from './catalogue/types.ts'

/** What the demo shop sells, as the graph's mutations take it, and the stock it begins with. */
export const CATALOGUE: { categories: CatalogueCategory[]; products: CatalogueProduct[] } = {
  categories: CATEGORIES,
  products: [...FASHION, ...SPORTS, ...HOME, ...COMPUTERS, ...CAMERAS, ...WEARABLES, ...AUDIO],
}
