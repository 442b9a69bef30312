import { personOf } from '#platform/auth/viewer.ts'
import { CallerError } from '#platform/kernel/errors.ts'
import { type Money, multiply, parseMoney, sum, toMoneyText } from '#platform/kernel/money.ts'
import { liveUpdates } from '#platform/live/updates.ts'
import type { CartError, Resolvers } from '../../.generated/carts.ts'
import { mayUse, ownCartId } from './access.ts'
import { addToCart, createCart } from './commands/add-lines.ts'
import { type CartResult, changeCart } from './commands/change-cart.ts'
import { claimCart } from './commands/claim-cart.ts'
import type { CartsContext } from './context.ts'
import { type CartLine, clear, complete, setCurrency, setQuantity } from './domain/cart.ts'
import { ok } from '#platform/kernel/result.ts'
import { cartChannel, parseCart, type StoredCart } from './store/cart-store.ts'
import type { Currency } from '#platform/kernel/currency.ts'

/** A line with the currency of its cart. */
export type LineOfCart = CartLine & { currency: Currency }

/** Maps the contract of carts.graphql to commands and loaders. */
export const resolvers: Resolvers<CartsContext> = {
  Query: {
    cart: (_parent, { id }, context) => (id ? findVisible(context, id) : findOwn(context)),
  },
  Mutation: {
    createCart: async (_parent, { input }, context) => toPayload(await createCart(context, input ?? {})),
    addToCart: async (_parent, { input }, context) => toPayload(await addToCart(context, input)),
    setCartLineQuantity: async (_parent, { input }, context) =>
      toPayload(await changeCart(context, input.cartId, (cart) => setQuantity(cart, input.lineId, input.quantity))),
    removeFromCart: async (_parent, { input }, context) =>
      toPayload(await changeCart(context, input.cartId, (cart) => setQuantity(cart, input.lineId, 0))),
    clearCart: async (_parent, { input }, context) => toPayload(await changeCart(context, input.cartId, clear)),
    setCartCurrency: async (_parent, { input }, context) =>
      toPayload(await changeCart(context, input.cartId, (cart) => setCurrency(cart, input.currency))),
    claimCart: async (_parent, { input }, context) => toPayload(await claimCart(context, input.cartId)),
    completeCart: async (_parent, { input }, context) =>
      toPayload(await changeCart(context, input.cartId, (cart) => ok(complete(cart, input)))),
  },
  Subscription: {
    cartChanged: {
      subscribe: async (_parent, { cartId }, context) => {
        if ((await findVisible(context, cartId)) === null)
          throw new CallerError('NOT_FOUND', 'cartId: there is no such cart', 'cartId')
        return follow(context, cartId)
      },
      resolve: (cart: StoredCart) => cart,
    },
  },
  Cart: {
    __resolveReference: ({ id }, context) => findVisible(context, id),
    owner: ({ ownerId }) => (ownerId === null ? null : { id: ownerId }),
    lines: ({ lines, currency }) => lines.map((line) => ({ ...line, currency })),
    totalQuantity: ({ lines }) => lines.reduce((total, line) => total + line.quantity, 0),
    subtotal: async ({ lines, currency }, _args, context) => {
      const totals = await Promise.all(lines.map((line) => totalOf({ ...line, currency }, context)))
      return toMoneyText(
        sum(
          totals.filter((total) => total !== null),
          currency,
        ),
      )
    },
    expiresAt: ({ expiresAtMs }) => new Date(expiresAtMs),
  },
  CartLine: {
    variant: ({ variantId }) => ({ id: variantId }),
    unitPrice: async (line, _args, context) => orNull(await unitPriceOf(line, context)),
    total: async (line, _args, context) => orNull(await totalOf(line, context)),
    addedAt: ({ addedAt }) => new Date(addedAt),
  },
  User: {
    cart: ({ id }, _args, context) => findVisible(context, ownCartId(id)),
  },
}

async function findVisible({ loaders, viewer }: CartsContext, cartId: string): Promise<StoredCart | null> {
  const cart = await loaders.cart.load(cartId)
  return cart !== null && mayUse(cart, viewer) ? cart : null
}

function findOwn(context: CartsContext): Promise<StoredCart | null> | null {
  const userId = personOf(context.viewer)
  return userId === null ? null : context.loaders.cart.load(ownCartId(userId))
}

const follow = ({ runtime, services }: CartsContext, cartId: string) =>
  liveUpdates<StoredCart>({
    bus: runtime.bus,
    channels: [cartChannel(cartId)],
    current: async () => services.carts.findMany([cartId]),
    read: parseCart,
    identify: ({ id, version }) => ({ id, version }),
  })

async function unitPriceOf({ variantId, currency }: LineOfCart, { loaders }: CartsContext): Promise<Money | null> {
  const known = await loaders.prices.load(variantId)
  const price = known?.prices.find((other) => other.currency === currency)
  return price === undefined ? null : parseMoney(price)
}

async function totalOf(line: LineOfCart, context: CartsContext): Promise<Money | null> {
  const price = await unitPriceOf(line, context)
  return price === null ? null : multiply(price, line.quantity)
}

const orNull = (value: Money | null) => (value === null ? null : toMoneyText(value))

function toPayload(result: CartResult): { cart: StoredCart | null; userErrors: CartError[] } {
  if (result.ok) return { cart: result.value, userErrors: [] }
  const userErrors = result.refusals.map(({ code, message, path, ...about }) => ({
    code,
    message,
    path: [...path],
    variant: 'variantId' in about ? { id: String(about.variantId) } : null,
  }))
  return { cart: null, userErrors }
}
