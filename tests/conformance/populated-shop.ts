import assert from 'node:assert/strict'
import { newId } from '#platform/kernel/ids.ts'
import { type Asker, startWholeShop, type WholeShop } from '../support/whole-shop.ts'
import { populations } from './populations.ts'
import { answered, CARD, createShopping, type Shopping } from '../supergraph/shopping.ts'

/** A whole shop in which every entity type has someone's data. */
export type Populated = WholeShop & {
  shopping: Shopping
  /** Ids that exist, by entity type. */
  known: Readonly<Record<string, readonly string[]>>
  /** A product that only those who keep the catalogue may see, and its variant. */
  draft: { product: string; variant: string }
  /** Whose the user's own things in `known` are. */
  owner: Asker & { id: string }
}

const OF_EACH = 3

/** Starts it; call `stop` in `after`. */
export async function startPopulatedShop(): Promise<Populated> {
  const shop = await startWholeShop()
  try {
    const shopping = createShopping(shop)
    const owner = await shopping.register()
    const products = await Promise.all(times(() => product(shop, shopping, 'ACTIVE')))
    const bought = await Promise.all(times((i) => order(shopping, owner, products[i]?.variant ?? '')))
    const known = {
      Category: await Promise.all(times(() => category(shopping))),
      Product: products.map((it) => it.product),
      ProductVariant: products.map((it) => it.variant),
      User: [owner.id],
      Cart: [(await shopping.cart(owner, [{ variantId: products[0]?.variant ?? '' }])).id],
      Order: bought.map((it) => it.order),
      Payment: bought.map((it) => it.payment),
      PaymentMethod: [await method(shopping, owner)],
    }
    for (const { populate } of populations) Object.assign(known, await populate({ shop, shopping, owner }))
    return Object.assign(shop, { shopping, known, owner, draft: await product(shop, shopping, 'DRAFT') })
  } catch (error) {
    await shop.stop()
    throw error
  }
}

const times = <T>(make: (index: number) => T): T[] => Array.from({ length: OF_EACH }, (_, index) => make(index))

async function product(shop: WholeShop, { mutate, merchant }: Shopping, status: string) {
  const variants = [{ sku: newId(), name: 'Plain', prices: [{ price: { amount: '9.00', currency: 'USD' } }] }]
  const input = { name: `Thing ${newId()}`, description: 'A thing.', status, variants }
  const made = await mutate('createProduct', 'CreateProductInput', 'product { id variants { id } }', merchant, input)
  const variant: string = made.product.variants[0].id
  const stock = 'mutation ($input: SetStockInput!) { setStock(input: $input) { userErrors { code } } }'
  answered(await shop.ask(stock, { input: { variantId: variant, onHand: 50 } }, merchant))
  return { product: made.product.id as string, variant }
}

async function category({ mutate, merchant }: Shopping): Promise<string> {
  const input = { name: `Category ${newId()}` }
  return (await mutate('createCategory', 'CreateCategoryInput', 'category { id }', merchant, input)).category.id
}

async function order({ buy }: Shopping, owner: Asker, variantId: string) {
  const bought = (await buy(owner, [{ variantId }])).order
  assert.equal(bought.status, 'CONFIRMED')
  return { order: bought.id as string, payment: bought.payments[0].id as string }
}

async function method({ mutate }: Shopping, owner: Asker): Promise<string> {
  const input = { token: CARD.visa }
  return (await mutate('savePaymentMethod', 'SavePaymentMethodInput', 'paymentMethod { id }', owner, input))
    .paymentMethod.id
}
