/**
 * What the collection keeps of an answer for later requests: the variable's name, and where the value stands. An operation that is
 * not here gives nothing that another one needs.
 */
export const CAPTURES: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  login: {
    accessToken: ['login', 'session', 'accessToken'],
    refreshToken: ['login', 'session', 'refreshToken'],
  },
  'refresh-session': {
    accessToken: ['refreshSession', 'session', 'accessToken'],
    refreshToken: ['refreshSession', 'session', 'refreshToken'],
  },
  'home-page': {
    categoryId: ['categories', '0', 'id'],
    categorySlug: ['categories', '0', 'slug'],
  },
  'search-products': {
    productId: ['searchProducts', 'edges', '0', 'node', 'id'],
    productSlug: ['searchProducts', 'edges', '0', 'node', 'slug'],
    variantId: ['searchProducts', 'edges', '0', 'node', 'defaultVariant', 'id'],
    spareVariantId: ['searchProducts', 'edges', '1', 'node', 'defaultVariant', 'id'],
  },
  'create-guest-cart': { guestCartId: ['createCart', 'cart', 'id'] },
  'add-to-cart': {
    cartId: ['addToCart', 'cart', 'id'],
    cartVersion: ['addToCart', 'cart', 'version'],
    cartLineId: ['addToCart', 'cart', 'lines', '0', 'id'],
  },
  'set-cart-line-quantity': { cartVersion: ['setCartLineQuantity', 'cart', 'version'] },
  checkout: {
    orderId: ['checkout', 'order', 'id'],
    pendingOrderId: ['checkout', 'order', 'id'],
    paidOrderId: ['checkout', 'order', 'id'],
  },
}
