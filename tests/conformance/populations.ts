import { existsSync, readdirSync } from 'node:fs'
import type { Asker, WholeShop } from '../support/whole-shop.ts'
import type { Shopping } from '../supergraph/shopping.ts'

/**
 * What a subgraph that came later puts into the shop that is tried: a file of `populations/`, which `npm run new:subgraph` makes
 * and the subgraph grows.
 */
export type Population = {
  /** Its entity types that everybody may see. */
  publicTypes: readonly string[]
  /** Makes some of each of its entity types; resolves with their ids, by type. The owner is who may see what is private. */
  populate(parts: Populating): Promise<Readonly<Record<string, readonly string[]>>>
}

/** The shop, with a hand to buy in it, and the person whose things are tried. */
export type Populating = { shop: WholeShop; shopping: Shopping; owner: Asker & { id: string } }

const FOLDER = new URL('populations/', import.meta.url)

/** What there is. */
export const populations: readonly Population[] = await Promise.all(
  (existsSync(FOLDER) ? readdirSync(FOLDER) : []).map(
    async (file): Promise<Population> => (await import(new URL(file, FOLDER).href)).population,
  ),
)
