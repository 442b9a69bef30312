import { readConfig } from '#platform/runtime/config.ts'
import type { AskSubgraph } from '../client/admin.ts'
import { ShopError } from '../client/ask.ts'
import type { Environment } from '../start/plan.ts'
import { ADMIN, CUSTOMER, ensureAccount, findAccount } from './accounts.ts'
import { CATALOGUE } from './catalogue.ts'
import { ensureCategories } from './categories.ts'
import { ensureProducts } from './products.ts'
import type { Seeded } from './report.ts'
import { ensureStock } from './stock.ts'

/** Throws {@link ShopError} in production: the demo accounts' passwords are public. */
export function assertMayBeSeeded(env: Environment): void {
  if (readConfig(env).NODE_ENV !== 'production') return
  throw new ShopError(
    'NODE_ENV=production: no demo data is put into such a shop, since everybody knows the demo passwords',
  )
}

/** Whether a seed has come to its end here: the administrator's role is the last thing it makes. */
export const isFinished = async (ask: AskSubgraph): Promise<boolean> =>
  (await findAccount(ask('users'), ADMIN.email))?.role === ADMIN.role

/** Makes what is missing of the demo data and leaves alone what is there, so that an interrupted run can be taken up again. */
export async function seedShop(ask: AskSubgraph): Promise<Seeded> {
  const [catalogue, customers] = await Promise.all([seedCatalogue(ask), ensureAccount(ask('users'), CUSTOMER)])
  const admins = await ensureAccount(ask('users'), ADMIN)
  return { ...catalogue, accounts: Number(customers) + Number(admins) }
}

async function seedCatalogue(ask: AskSubgraph): Promise<Omit<Seeded, 'accounts'>> {
  const categories = await ensureCategories(ask('products'), CATALOGUE.categories)
  const products = await ensureProducts(ask('products'), CATALOGUE.products, categories.ids)
  const stockRecords = await ensureStock(ask('inventory'), products.stock)
  return { categories: categories.made, products: products.made, stockRecords }
}
