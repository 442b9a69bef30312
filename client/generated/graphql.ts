/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** Why something about an account was refused. */
export type AccountErrorCode =
  /** The shop disabled this account. */
  | 'ACCOUNT_DISABLED'
  /** No such entry in the person's own address book. */
  | 'ADDRESS_NOT_FOUND'
  /** Another account has this address. */
  | 'EMAIL_TAKEN'
  /** The postal address can't be one; `path` names the field. */
  | 'INVALID_ADDRESS'
  /** Address and password do not belong together. */
  | 'INVALID_CREDENTIALS'
  /** It is no e-mail address. */
  | 'INVALID_EMAIL'
  /** The token is unknown, used or expired. */
  | 'INVALID_TOKEN'
  /** The list is full. */
  | 'LIMIT_REACHED'
  /** No such product. */
  | 'PRODUCT_NOT_FOUND'
  /** Too many failed logins; try again later. */
  | 'TOO_MANY_ATTEMPTS'
  /** No such user. */
  | 'USER_NOT_FOUND'
  /** The password has fewer than 10 characters. */
  | 'WEAK_PASSWORD'
  | '%future added value';

/** A new entry of the address book. */
export type AddAddressInput = {
  /** The postal address. */
  address: AddressInput;
  /** Whether it becomes the default. */
  makeDefault?: boolean | null | undefined;
};

/** Units to put into a cart. */
export type AddToCartInput = {
  /** The cart; left out, the signed-in user's own. */
  cartId?: string | null | undefined;
  /** New for each press of the button, so that a retry does not add again. */
  idempotencyKey?: string | null | undefined;
  /** How many units to add, at least 1; over 999 in the line is INVALID_QUANTITY. */
  quantity?: number;
  /** The variant; one that is not sold is VARIANT_NOT_FOUND, one without a price in the cart's currency NOT_PRICED. */
  variantId: string;
};

/** A postal address, as a client gives it; one that is no address is refused with INVALID_ADDRESS. */
export type AddressInput = {
  /** Town or city. */
  city: string;
  /** ISO 3166-1 alpha-2: "DE". */
  countryCode: string;
  /** Street and number. */
  line1: string;
  /** Flat, floor, care of. */
  line2?: string | null | undefined;
  /** Telephone number for the carrier. */
  phone?: string | null | undefined;
  /** Postal code as the country writes it. */
  postalCode: string;
  /** Who it goes to: a person or a firm. */
  recipient: string;
  /** State, province or county, where the country uses one. */
  region?: string | null | undefined;
};

/** An order to cancel. */
export type CancelOrderInput = {
  /** The order to cancel. */
  id: string;
  /** Why, for the history. */
  reason?: string | null | undefined;
};

/** Why a change of a cart was refused. */
export type CartErrorCode =
  /** The cart has 100 lines already. */
  | 'CART_FULL'
  /** No such cart, or not the caller's. */
  | 'CART_NOT_FOUND'
  /** The key was used before, with another input. */
  | 'IDEMPOTENCY_KEY_REUSED'
  /** A quantity out of its bounds. */
  | 'INVALID_QUANTITY'
  /** No such line in this cart. */
  | 'LINE_NOT_FOUND'
  /** The variant has no price in the cart's currency. */
  | 'NOT_PRICED'
  /** Fewer units are left than asked for. */
  | 'OUT_OF_STOCK'
  /** No such variant on sale. */
  | 'VARIANT_NOT_FOUND'
  | '%future added value';

/** Some units of one variant, as a client gives them. */
export type CartLineInput = {
  /** How many units, from 1 to 999. */
  quantity?: number;
  /** The variant; one that is not sold is VARIANT_NOT_FOUND. */
  variantId: string;
};

/** Why a change of the catalogue was refused. */
export type CatalogErrorCode =
  /** A category would stand under itself. */
  | 'CATEGORY_CYCLE'
  /** No such category. */
  | 'CATEGORY_NOT_FOUND'
  /** A value is not allowed; `path` names the field. */
  | 'INVALID_INPUT'
  /** A price is negative, has too many decimals, comes twice in one currency, or is not under its former price. */
  | 'INVALID_PRICE'
  /** A product on sale must keep one variant. */
  | 'LAST_VARIANT'
  /** No such product. */
  | 'PRODUCT_NOT_FOUND'
  /** Another variant has this SKU. */
  | 'SKU_TAKEN'
  /** Another one has this slug. */
  | 'SLUG_TAKEN'
  /** No such variant. */
  | 'VARIANT_NOT_FOUND'
  | '%future added value';

/** A cart to order. */
export type CheckoutInput = {
  /** The cart, the caller's own; another's is CART_NOT_FOUND. */
  cartId: string;
  /** The cart's version that the person saw. Refused with CART_CHANGED where it is another by now. */
  cartVersion?: number | null | undefined;
  /** The total that the person saw. Refused with TOTAL_CHANGED where it is another by now. */
  expectedTotal?: MoneyInput | null | undefined;
  /** 1 to 255 characters, new for each intent to buy. */
  idempotencyKey: string;
  /** Left out: the order stays PENDING until `payOrder`. */
  payment?: PaymentSourceInput | null | undefined;
  /** Where the provider sends the person back to after a step such as 3-D Secure. */
  returnUrl?: string | null | undefined;
  /** Where it goes. */
  shippingAddress: AddressInput;
  /** One of the quote's `shippingOptions`. Left out: the cheapest. */
  shippingOptionId?: string | null | undefined;
};

/** What to quote for. */
export type CheckoutQuoteInput = {
  /** The cart to price. */
  cartId: string;
  /** Where it would go. */
  shippingAddress: AddressInput;
  /** One of `shippingOptions`. Left out: the cheapest. */
  shippingOptionId?: string | null | undefined;
};

/** A guest's cart to merge into one's own. */
export type ClaimCartInput = {
  /** The guest's cart; one that is gone is CART_NOT_FOUND. */
  cartId: string;
};

/** How a new cart begins. */
export type CreateCartInput = {
  /** The currency of its prices; left out, the request's `X-Currency`, else the shop's own. */
  currency?: CurrencyCode | null | undefined;
  /** What to put into it at once, at most 100 lines. */
  lines?: Array<CartLineInput> | null | undefined;
};

/** A new product with its variants. */
export type CreateProductInput = {
  /** The category it stands in; left out, none. */
  categoryId?: string | null | undefined;
  /** Plain text. */
  description: string;
  /** In the order shown, the main one first. */
  images?: Array<ImageInput> | null | undefined;
  /** What it is called. */
  name: string;
  /** Made from the name where left out. */
  slug?: string | null | undefined;
  /** Where its life begins: DRAFT to prepare it unseen. */
  status?: ProductStatus | null | undefined;
  /** At least one. */
  variants: Array<VariantInput>;
};

/** ISO 4217 codes of the currencies that prices can be listed in. */
export type CurrencyCode =
  /** Australian dollar, two decimals. */
  | 'AUD'
  /** Canadian dollar, two decimals. */
  | 'CAD'
  /** Swiss franc, two decimals. */
  | 'CHF'
  /** Euro, two decimals. */
  | 'EUR'
  /** Pound sterling, two decimals. */
  | 'GBP'
  /** Indian rupee, two decimals. */
  | 'INR'
  /** Japanese yen, no decimals. */
  | 'JPY'
  /** US dollar, two decimals. */
  | 'USD'
  | '%future added value';

/** What a facet narrows a list by. */
export type FacetKind =
  /** By category: its values go into the filter's `categoryId`. */
  | 'CATEGORY'
  /** By an option of the variants: its values go into the filter's `options`. */
  | 'OPTION'
  | '%future added value';

/** A picture, as a client gives it. */
export type ImageInput = {
  /** What it shows, for those who can't see it. */
  altText: string;
  /** Where the picture lies; it is not fetched. */
  url: string;
};

/** A sign-in. */
export type LoginInput = {
  /** A guest's cart to merge into the user's own. One that is gone or can't be reached does not refuse the sign-in. */
  cartId?: string | null | undefined;
  /** The address that was registered; upper and lower case are the same. */
  email: string;
  /** The password, compared in constant time. */
  password: string;
};

/** The end of a session. */
export type LogoutInput = {
  /** The refresh token of the session to end; an unknown one is no error. */
  refreshToken: string;
};

/** An amount in one currency, as a client gives it. */
export type MoneyInput = {
  /** The amount in the currency's major unit; with more decimals than the currency has it is refused. */
  amount: string;
  /** The currency that the amount is in. */
  currency: CurrencyCode;
};

/** One choice that makes a variant what it is, as a client gives it. */
export type OptionInput = {
  /** What is chosen: "Size". */
  name: string;
  /** What was chosen: "L". */
  value: string;
};

/** Why an order changed. */
export type OrderChangeReason =
  /** The customer cancelled it. */
  | 'CUSTOMER_CANCELLED'
  /** It arrived. */
  | 'DELIVERED'
  /** Not enough stock was left when it was placed or paid. */
  | 'OUT_OF_STOCK'
  /** It was paid. */
  | 'PAYMENT_CAPTURED'
  /** It was not paid in time. */
  | 'PAYMENT_EXPIRED'
  /** It was placed. */
  | 'PLACED'
  /** Money was given back. */
  | 'REFUNDED'
  /** It was handed to the carrier. */
  | 'SHIPPED'
  /** The shop cancelled it. */
  | 'SHOP_CANCELLED'
  /** The same cart was checked out again. */
  | 'SUPERSEDED'
  | '%future added value';

/** Why something about an order was refused. */
export type OrderErrorCode =
  /** The cart is at another version than the person saw. */
  | 'CART_CHANGED'
  /** There is nothing to order. */
  | 'CART_EMPTY'
  /** No such cart, or not the caller's. */
  | 'CART_NOT_FOUND'
  /** The key was used before, with another input. */
  | 'IDEMPOTENCY_KEY_REUSED'
  /** The postal address can't be one; `path` names the field. */
  | 'INVALID_ADDRESS'
  /** The amount is not positive, in another currency, or more than is left. */
  | 'INVALID_AMOUNT'
  /** A quantity is not positive, or more than is left. */
  | 'INVALID_QUANTITY'
  /** The order's status does not allow it. */
  | 'INVALID_STATUS'
  /** No such line in this order. */
  | 'LINE_NOT_FOUND'
  /** A variant has no price in the cart's currency any more. */
  | 'NOT_PRICED'
  /** No such order, or not the caller's. */
  | 'ORDER_NOT_FOUND'
  /** Not enough units are left. */
  | 'OUT_OF_STOCK'
  /** The provider declined; another method may do. */
  | 'PAYMENT_DECLINED'
  /** The provider has not answered; the order hears of it later. */
  | 'PAYMENT_UNAVAILABLE'
  /** No such way to ship for this cart and address. */
  | 'SHIPPING_OPTION_NOT_FOUND'
  /** The total is another than the person saw. */
  | 'TOTAL_CHANGED'
  | '%future added value';

/** Which orders to list; conditions left out do not count. */
export type OrderFilter = {
  /** Orders placed at this time or later. */
  createdAfter?: string | null | undefined;
  /** Orders placed before this time. */
  createdBefore?: string | null | undefined;
  /** Orders of this user. */
  customerId?: string | null | undefined;
  /** Orders in one of these. */
  statuses?: Array<OrderStatus> | null | undefined;
};

/** Where an order is in its life. */
export type OrderStatus =
  /** By the customer, by the shop, by lack of stock or by lack of payment in time; see the history. */
  | 'CANCELLED'
  /** Paid. */
  | 'CONFIRMED'
  /** Arrived. */
  | 'DELIVERED'
  /** Placed and reserved, not paid yet. */
  | 'PENDING'
  /** Everything that was paid was given back. */
  | 'REFUNDED'
  /** Handed to the carrier. */
  | 'SHIPPED'
  | '%future added value';

/** An order to pay. */
export type PayOrderInput = {
  /** 1 to 255 characters, new for each intent; sent again with the same input it gives the first answer, with another input IDEMPOTENCY_KEY_REUSED. */
  idempotencyKey: string;
  /** The order, the caller's own and PENDING. */
  orderId: string;
  /** Left out: the default method. */
  payment?: PaymentSourceInput | null | undefined;
  /** Where the provider sends the person back to after a step such as 3-D Secure. */
  returnUrl?: string | null | undefined;
};

/** Why something about a payment was refused. */
export type PaymentErrorCode =
  /** More than is left of the payment. */
  | 'AMOUNT_EXCEEDS_PAYMENT'
  /** It looks like a card number; send the provider's token instead. */
  | 'CARD_NUMBER_REFUSED'
  /** The provider declined; another method may do. */
  | 'DECLINED'
  /** The key was used before, with another input. */
  | 'IDEMPOTENCY_KEY_REUSED'
  /** The amount is not positive, or in another currency than the payment. */
  | 'INVALID_AMOUNT'
  /** No method was given and none is saved, or both kinds were given. */
  | 'NO_PAYMENT_METHOD'
  /** No such order, or not the caller's. */
  | 'ORDER_NOT_FOUND'
  /** The order is paid, ended, or just being paid. */
  | 'ORDER_NOT_PAYABLE'
  /** No such saved method, or not the caller's. */
  | 'PAYMENT_METHOD_NOT_FOUND'
  /** No such payment, or not the caller's. */
  | 'PAYMENT_NOT_FOUND'
  /** The provider has not answered; the outcome comes later. */
  | 'PROVIDER_UNAVAILABLE'
  | '%future added value';

/** How to pay: exactly one of the fields. */
export type PaymentSourceInput = {
  /** A saved payment method. */
  methodId?: string | null | undefined;
  /** A provider's token: pm_card_visa. */
  token?: string | null | undefined;
};

/** Where a payment is in its life. */
export type PaymentStatus =
  /** Captured in whole. */
  | 'COMPLETED'
  /** The card's holder disputes it; it can't be refunded meanwhile. */
  | 'DISPUTED'
  /** Nothing was captured and nothing will be; see `failureCode`. */
  | 'FAILED'
  /** Captured, and some of it given back. */
  | 'PARTIALLY_REFUNDED'
  /** The provider has not answered yet. */
  | 'PENDING'
  /** Captured, and all of it given back. */
  | 'REFUNDED'
  /** The person has one more step to do, such as 3-D Secure: see `nextActionUrl`. */
  | 'REQUIRES_ACTION'
  | '%future added value';

/** Both ends included. */
export type PriceFilter = {
  /** The currency that the bounds are in. */
  currency: CurrencyCode;
  /** The highest price, in major units; left out, no upper bound. */
  max?: string | null | undefined;
  /** The least price, in major units; left out, no lower bound. */
  min?: string | null | undefined;
};

/** Which products to list; conditions left out do not count. */
export type ProductFilter = {
  /** And those under it. */
  categoryId?: string | null | undefined;
  /** Values of one name: any of them. Several names: all of them. */
  options?: Array<OptionInput> | null | undefined;
  /** Products with a variant whose price is within these bounds. */
  price?: PriceFilter | null | undefined;
  /** ACTIVE where left out; another one needs the scope catalog:write. */
  status?: ProductStatus | null | undefined;
};

/** By price: the cheapest variant's, in the filter's currency, else the request's; what isn't priced in it comes last. */
export type ProductSort =
  /** By name, A to Z. */
  | 'NAME'
  /** Last added first. */
  | 'NEWEST'
  /** Cheapest first. */
  | 'PRICE_ASC'
  /** Dearest first. */
  | 'PRICE_DESC'
  | '%future added value';

/** Where a product is in its life. */
export type ProductStatus =
  /** On sale and listed. */
  | 'ACTIVE'
  /** Off sale for good: readable, but not listed. */
  | 'ARCHIVED'
  /** Being prepared: only those who keep the catalogue see it. */
  | 'DRAFT'
  | '%future added value';

/** A trade of a refresh token for a new session. */
export type RefreshSessionInput = {
  /** The newest refresh token of the session. */
  refreshToken: string;
};

/** Units of a line that come back. */
export type RefundLineInput = {
  /** The order's line. */
  lineId: string;
  /** How many units, at most what was not refunded yet. */
  quantity: number;
};

/** Money to give back for an order. */
export type RefundOrderInput = {
  /** Instead of `lines`: without goods coming back. */
  amount?: MoneyInput | null | undefined;
  /** The order, which must be CONFIRMED, SHIPPED or DELIVERED. */
  id: string;
  /** 1 to 255 characters, new for each intent; sent again with the same input it gives the first answer, with another input IDEMPOTENCY_KEY_REUSED. */
  idempotencyKey: string;
  /** The lines that come back; without them and without `amount`, all that is left. */
  lines?: Array<RefundLineInput> | null | undefined;
  /** Why, for the history. */
  reason?: string | null | undefined;
};

/** A new account. */
export type RegisterInput = {
  /** A guest's cart to keep. One that is gone or can't be reached does not refuse the sign-in. */
  cartId?: string | null | undefined;
  /** The address to sign in with; upper and lower case are the same. */
  email: string;
  /** What the person wants to be called. */
  name: string;
  /** At least 10 characters. */
  password: string;
  /** Telephone number, kept as written. */
  phone?: string | null | undefined;
};

/** A line to remove. */
export type RemoveFromCartInput = {
  /** The cart that the line is in. */
  cartId: string;
  /** The line to remove. */
  lineId: string;
};

/** A method of payment to keep. */
export type SavePaymentMethodInput = {
  /** Whether it becomes the default. */
  makeDefault?: boolean | null | undefined;
  /** A provider's token: pm_card_visa. */
  token: string;
};

/** A new quantity of a line. */
export type SetCartLineQuantityInput = {
  /** The cart that the line is in. */
  cartId: string;
  /** The line to change. */
  lineId: string;
  /** How many units from now on, from 0 to 999. */
  quantity: number;
};

/** A count of what is on hand. */
export type SetStockInput = {
  /** The new threshold, 0 or more; left out, it stays. */
  lowStockThreshold?: number | null | undefined;
  /** Units counted, 0 or more; fewer than are reserved is BELOW_RESERVED. */
  onHand: number;
  /** Why, for the ledger. */
  reason?: string | null | undefined;
  /** The variant that was counted; an unknown one is VARIANT_NOT_FOUND. */
  variantId: string;
};

/** All prices of the variant; a currency left out is no longer priced, and with none it is off sale. */
export type SetVariantPricesInput = {
  /** At most one per currency. */
  prices: Array<VariantPriceInput>;
  /** The variant whose prices these are. */
  variantId: string;
};

/** An order that was handed to a carrier. */
export type ShipOrderInput = {
  /** Who carries it. */
  carrier?: string | null | undefined;
  /** The order, which must be CONFIRMED. */
  id: string;
  /** The carrier's number for it. */
  trackingNumber?: string | null | undefined;
  /** Where the carrier tells how far it is. */
  trackingUrl?: string | null | undefined;
};

/** Why a change of stock was refused. */
export type StockErrorCode =
  /** Fewer units would be on hand than are reserved. */
  | 'BELOW_RESERVED'
  /** The key was used before, with another input. */
  | 'IDEMPOTENCY_KEY_REUSED'
  /** A quantity out of its bounds. */
  | 'INVALID_QUANTITY'
  /** No such variant, or none with a stock record. */
  | 'VARIANT_NOT_FOUND'
  | '%future added value';

/** Some units of one variant. */
export type StockItemInput = {
  /** How many units, at least 1. */
  quantity: number;
  /** The variant. */
  variantId: string;
};

/** Which users to list; conditions left out do not count. */
export type UserFilter = {
  /** Only enabled accounts, or only disabled ones. */
  isActive?: boolean | null | undefined;
  /** Only users of this role. */
  role?: UserRole | null | undefined;
  /** Matches the start of the name or the address. */
  search?: string | null | undefined;
};

/** What a person is to the shop; it decides the scopes of their access tokens. */
export type UserRole =
  /** May do everything. */
  | 'ADMIN'
  /** Buys; has no scopes. */
  | 'CUSTOMER'
  /** Keeps catalogue, stock and orders; reads payments. */
  | 'MERCHANT'
  /** Reads users, orders, payments and stock. */
  | 'SUPPORT'
  | '%future added value';

/** A new variant. */
export type VariantInput = {
  /** Its own picture. */
  image?: ImageInput | null | undefined;
  /** What tells it from its siblings; made from its options where left out. */
  name?: string | null | undefined;
  /** The choices that make it what it is. */
  options?: Array<OptionInput> | null | undefined;
  /** At most one per currency; none leaves it off sale. */
  prices: Array<VariantPriceInput>;
  /** The shop's own stock-keeping unit; another variant's is SKU_TAKEN. */
  sku: string;
  /** Weight with its packing, in grams. */
  weightGrams?: number | null | undefined;
};

/** A variant's price in one currency, as a client gives it. */
export type VariantPriceInput = {
  /** In the same currency, and higher. */
  compareAtPrice?: MoneyInput | null | undefined;
  /** What it costs. */
  price: MoneyInput;
};

/** A product to put on the wishlist, or to take off it. */
export type WishlistInput = {
  /** The product; one that does not exist is refused with PRODUCT_NOT_FOUND where it is added. */
  productId: string;
};

export type AddAddressMutationVariables = Exact<{
  input: AddAddressInput;
}>;


export type AddAddressMutation = { addAddress: { address: { id: string, isDefault: boolean } | null, user: { id: string, defaultAddress: { id: string } | null } | null, userErrors: Array<{ code: AccountErrorCode, message: string, path: Array<string> }> } | null };

export type AddToCartMutationVariables = Exact<{
  input: AddToCartInput;
}>;


export type AddToCartMutation = { addToCart: { cart: { id: string, version: number, currency: CurrencyCode, totalQuantity: number, expiresAt: string, subtotal: { amount: string, currency: CurrencyCode } | null, lines: Array<{ id: string, quantity: number, unitPrice: { amount: string, currency: CurrencyCode } | null, total: { amount: string, currency: CurrencyCode } | null, variant: { id: string, name: string, image: { url: string, altText: string } | null, product: { slug: string, name: string }, stock: { available: number } | null } | null }> } | null, userErrors: Array<{ code: CartErrorCode, message: string, path: Array<string>, available: number | null, variant: { id: string } | null }> } | null };

export type CartFieldsFragment = { id: string, version: number, currency: CurrencyCode, totalQuantity: number, expiresAt: string, subtotal: { amount: string, currency: CurrencyCode } | null, lines: Array<{ id: string, quantity: number, unitPrice: { amount: string, currency: CurrencyCode } | null, total: { amount: string, currency: CurrencyCode } | null, variant: { id: string, name: string, image: { url: string, altText: string } | null, product: { slug: string, name: string }, stock: { available: number } | null } | null }> };

export type AddToWishlistMutationVariables = Exact<{
  input: WishlistInput;
}>;


export type AddToWishlistMutation = { addToWishlist: { user: { id: string, wishlist: Array<{ addedAt: string, product: { id: string, name: string } | null }> } | null, userErrors: Array<{ code: AccountErrorCode, message: string, path: Array<string> }> } | null };

export type BrowseCategoryQueryVariables = Exact<{
  slug: string;
  first: number;
  after?: string | null | undefined;
  sort: ProductSort;
  price?: PriceFilter | null | undefined;
}>;


export type BrowseCategoryQuery = { categoryBySlug: { id: string, name: string, ancestors: Array<{ slug: string, name: string }>, children: Array<{ slug: string, name: string }>, products: { totalCount: number, edges: Array<{ cursor: string, node: { id: string, slug: string, name: string, inStock: boolean | null, priceRange: { min: { amount: string, currency: CurrencyCode }, max: { amount: string, currency: CurrencyCode } } | null } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type CancelOrderMutationVariables = Exact<{
  input: CancelOrderInput;
}>;


export type CancelOrderMutation = { cancelOrder: { order: { id: string, status: OrderStatus, version: number, refundedAmount: { amount: string, currency: CurrencyCode }, history: Array<{ status: OrderStatus, at: string, reason: OrderChangeReason, note: string | null }> } | null, userErrors: Array<{ code: OrderErrorCode, message: string, path: Array<string>, available: number | null, variant: { id: string } | null }> } | null };

export type CheckAvailabilityQueryVariables = Exact<{
  items: Array<StockItemInput> | StockItemInput;
}>;


export type CheckAvailabilityQuery = { checkAvailability: { isAvailable: boolean, unavailable: Array<{ requested: number, available: number, variant: { id: string, name: string, product: { name: string } } | null }> } | null };

export type CheckoutMutationVariables = Exact<{
  input: CheckoutInput;
}>;


export type CheckoutMutation = { checkout: { order: { id: string, number: string, status: OrderStatus, paymentDueAt: string | null, total: { amount: string, currency: CurrencyCode }, payments: Array<{ id: string, status: PaymentStatus, nextActionUrl: string | null }> | null } | null, userErrors: Array<{ code: OrderErrorCode, message: string, path: Array<string>, available: number | null, variant: { id: string } | null }> } | null };

export type ClaimCartMutationVariables = Exact<{
  input: ClaimCartInput;
}>;


export type ClaimCartMutation = { claimCart: { cart: { id: string, version: number, totalQuantity: number, owner: { id: string } | null } | null, userErrors: Array<{ code: CartErrorCode, message: string, path: Array<string>, available: number | null, variant: { id: string } | null }> } | null };

export type CreateGuestCartMutationVariables = Exact<{
  input?: CreateCartInput | null | undefined;
}>;


export type CreateGuestCartMutation = { createCart: { cart: { id: string, version: number, currency: CurrencyCode, totalQuantity: number, expiresAt: string, subtotal: { amount: string, currency: CurrencyCode } | null, lines: Array<{ id: string, quantity: number, unitPrice: { amount: string, currency: CurrencyCode } | null, total: { amount: string, currency: CurrencyCode } | null, variant: { id: string, name: string, image: { url: string, altText: string } | null, product: { slug: string, name: string }, stock: { available: number } | null } | null }> } | null, userErrors: Array<{ code: CartErrorCode, message: string, path: Array<string>, available: number | null, variant: { id: string } | null }> } | null };

export type CreateProductMutationVariables = Exact<{
  input: CreateProductInput;
}>;


export type CreateProductMutation = { createProduct: { product: { id: string, slug: string, status: ProductStatus, variants: Array<{ id: string, sku: string, prices: Array<{ price: { amount: string, currency: CurrencyCode }, compareAtPrice: { amount: string, currency: CurrencyCode } | null }> }> } | null, userErrors: Array<{ code: CatalogErrorCode, message: string, path: Array<string> }> } | null };

export type HomePageQueryVariables = Exact<{
  first: number;
}>;


export type HomePageQuery = { categories: Array<{ id: string, slug: string, name: string, children: Array<{ id: string, slug: string, name: string }> }> | null, products: { nodes: Array<{ id: string, slug: string, name: string, inStock: boolean | null, images: Array<{ url: string, altText: string }>, defaultVariant: { id: string, price: { amount: string, currency: CurrencyCode } | null, compareAtPrice: { amount: string, currency: CurrencyCode } | null } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type ProductCardFragment = { id: string, slug: string, name: string, inStock: boolean | null, images: Array<{ url: string, altText: string }>, defaultVariant: { id: string, price: { amount: string, currency: CurrencyCode } | null, compareAtPrice: { amount: string, currency: CurrencyCode } | null } };

export type ListOrdersQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
  filter?: OrderFilter | null | undefined;
}>;


export type ListOrdersQuery = { orders: { totalCount: number, nodes: Array<{ id: string, number: string, status: OrderStatus, createdAt: string, customer: { id: string, name: string, email: string } | null, total: { amount: string, currency: CurrencyCode }, lines: Array<{ sku: string, quantity: number }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type ListUsersQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
  filter?: UserFilter | null | undefined;
}>;


export type ListUsersQuery = { users: { totalCount: number, nodes: Array<{ id: string, email: string, name: string, isActive: boolean, createdAt: string, orders: { totalCount: number, nodes: Array<{ number: string, status: OrderStatus }> } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type LoginMutationVariables = Exact<{
  input: LoginInput;
}>;


export type LoginMutation = { login: { session: { accessToken: string, accessTokenExpiresAt: string, refreshToken: string, user: { id: string, email: string, name: string, role: UserRole } } | null, userErrors: Array<{ code: AccountErrorCode, message: string, path: Array<string> }> } | null };

export type LogoutMutationVariables = Exact<{
  input: LogoutInput;
}>;


export type LogoutMutation = { logout: { userErrors: Array<{ code: AccountErrorCode, message: string }> } | null };

export type LowStockQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type LowStockQuery = { lowStock: { totalCount: number, nodes: Array<{ available: number, onHand: number | null, reserved: number | null, lowStockThreshold: number | null, variant: { id: string, sku: string, name: string, product: { name: string } } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type MyAccountQueryVariables = Exact<{ [key: string]: never; }>;


export type MyAccountQuery = { me: { id: string, email: string, name: string, phone: string | null, createdAt: string, addresses: Array<{ id: string, isDefault: boolean, address: { recipient: string, line1: string, line2: string | null, city: string, region: string | null, postalCode: string, countryCode: string, phone: string | null } }>, wishlist: Array<{ addedAt: string, product: { id: string, slug: string, name: string, inStock: boolean | null, priceRange: { min: { amount: string, currency: CurrencyCode } } | null } | null }>, paymentMethods: Array<{ id: string, brand: string, last4: string | null, expiryMonth: number | null, expiryYear: number | null, isDefault: boolean }> | null, cart: { id: string, totalQuantity: number } | null } | null };

export type AddressFieldsFragment = { recipient: string, line1: string, line2: string | null, city: string, region: string | null, postalCode: string, countryCode: string, phone: string | null };

export type OrderDetailQueryVariables = Exact<{
  id: string;
}>;


export type OrderDetailQuery = { order: { id: string, number: string, status: OrderStatus, version: number, createdAt: string, customer: { id: string, name: string, email: string } | null, shippingAddress: { recipient: string, line1: string, line2: string | null, city: string, region: string | null, postalCode: string, countryCode: string } | null, lines: Array<{ id: string, sku: string, productName: string, variantName: string, quantity: number, refundedQuantity: number, unitPrice: { amount: string, currency: CurrencyCode }, total: { amount: string, currency: CurrencyCode }, variant: { id: string, inStock: boolean | null, image: { url: string, altText: string } | null, product: { slug: string, name: string } } | null }>, subtotal: { amount: string }, shipping: { amount: string }, tax: { amount: string }, total: { amount: string, currency: CurrencyCode }, paidAmount: { amount: string }, refundedAmount: { amount: string }, payments: Array<{ id: string, status: PaymentStatus, provider: string, method: { brand: string, last4: string | null } | null, refunds: Array<{ id: string, createdAt: string, amount: { amount: string, currency: CurrencyCode } }> }> | null, shipments: Array<{ carrier: string | null, trackingNumber: string | null, trackingUrl: string | null, shippedAt: string, deliveredAt: string | null }>, history: Array<{ status: OrderStatus, at: string, reason: OrderChangeReason, note: string | null }> } | null };

export type OrderHistoryQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
  statuses?: Array<OrderStatus> | OrderStatus | null | undefined;
}>;


export type OrderHistoryQuery = { me: { id: string, orders: { totalCount: number, nodes: Array<{ id: string, number: string, status: OrderStatus, createdAt: string, total: { amount: string, currency: CurrencyCode }, lines: Array<{ productName: string, quantity: number }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null } | null };

export type PayOrderMutationVariables = Exact<{
  input: PayOrderInput;
}>;


export type PayOrderMutation = { payOrder: { payment: { id: string, status: PaymentStatus, failureCode: string | null, nextActionUrl: string | null, amount: { amount: string, currency: CurrencyCode }, method: { brand: string, last4: string | null } | null, order: { id: string, status: OrderStatus } | null } | null, userErrors: Array<{ code: PaymentErrorCode, message: string, path: Array<string> }> } | null };

export type ProductPageQueryVariables = Exact<{
  slug: string;
}>;


export type ProductPageQuery = { productBySlug: { id: string, name: string, description: string, status: ProductStatus, inStock: boolean | null, category: { slug: string, name: string, ancestors: Array<{ slug: string, name: string }> } | null, images: Array<{ url: string, altText: string }>, variants: Array<{ id: string, sku: string, name: string, inStock: boolean | null, version: number, options: Array<{ name: string, value: string }>, image: { url: string, altText: string } | null, price: { amount: string, currency: CurrencyCode } | null, compareAtPrice: { amount: string, currency: CurrencyCode } | null, stock: { available: number } | null }> } | null };

export type QuoteCheckoutQueryVariables = Exact<{
  input: CheckoutQuoteInput;
}>;


export type QuoteCheckoutQuery = { checkoutQuote: { quote: { cartVersion: number, subtotal: { amount: string, currency: CurrencyCode }, shipping: { amount: string, currency: CurrencyCode }, tax: { amount: string, currency: CurrencyCode }, total: { amount: string, currency: CurrencyCode }, shippingOptions: Array<{ id: string, name: string, price: { amount: string, currency: CurrencyCode } }> } | null, userErrors: Array<{ code: OrderErrorCode, message: string, path: Array<string> }> } | null };

export type RefreshSessionMutationVariables = Exact<{
  input: RefreshSessionInput;
}>;


export type RefreshSessionMutation = { refreshSession: { session: { accessToken: string, accessTokenExpiresAt: string, refreshToken: string } | null, userErrors: Array<{ code: AccountErrorCode, message: string }> } | null };

export type RefundOrderMutationVariables = Exact<{
  input: RefundOrderInput;
}>;


export type RefundOrderMutation = { refundOrder: { order: { id: string, status: OrderStatus, paidAmount: { amount: string, currency: CurrencyCode }, refundedAmount: { amount: string, currency: CurrencyCode }, payments: Array<{ status: PaymentStatus, refunds: Array<{ reason: string | null, amount: { amount: string } }> }> | null } | null, userErrors: Array<{ code: OrderErrorCode, message: string, path: Array<string>, available: number | null, variant: { id: string } | null }> } | null };

export type RegisterMutationVariables = Exact<{
  input: RegisterInput;
}>;


export type RegisterMutation = { register: { session: { accessToken: string, accessTokenExpiresAt: string, refreshToken: string, user: { id: string, name: string, role: UserRole, cart: { id: string, totalQuantity: number } | null } } | null, userErrors: Array<{ code: AccountErrorCode, message: string, path: Array<string> }> } | null };

export type RemoveFromCartMutationVariables = Exact<{
  input: RemoveFromCartInput;
}>;


export type RemoveFromCartMutation = { removeFromCart: { cart: { id: string, version: number, totalQuantity: number } | null, userErrors: Array<{ code: CartErrorCode, message: string, path: Array<string>, available: number | null, variant: { id: string } | null }> } | null };

export type SavePaymentMethodMutationVariables = Exact<{
  input: SavePaymentMethodInput;
}>;


export type SavePaymentMethodMutation = { savePaymentMethod: { paymentMethod: { id: string, brand: string, last4: string | null, expiryMonth: number | null, expiryYear: number | null, isDefault: boolean } | null, userErrors: Array<{ code: PaymentErrorCode, message: string, path: Array<string> }> } | null };

export type SearchProductsQueryVariables = Exact<{
  query: string;
  first: number;
  after?: string | null | undefined;
  filter?: ProductFilter | null | undefined;
}>;


export type SearchProductsQuery = { searchProducts: { totalCount: number, facets: Array<{ kind: FacetKind, name: string, values: Array<{ value: string, label: string, count: number }> }>, edges: Array<{ score: number | null, node: { id: string, slug: string, name: string, defaultVariant: { id: string, inStock: boolean | null, price: { amount: string, currency: CurrencyCode } | null } } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type SetCartLineQuantityMutationVariables = Exact<{
  input: SetCartLineQuantityInput;
}>;


export type SetCartLineQuantityMutation = { setCartLineQuantity: { cart: { id: string, version: number, currency: CurrencyCode, totalQuantity: number, expiresAt: string, subtotal: { amount: string, currency: CurrencyCode } | null, lines: Array<{ id: string, quantity: number, unitPrice: { amount: string, currency: CurrencyCode } | null, total: { amount: string, currency: CurrencyCode } | null, variant: { id: string, name: string, image: { url: string, altText: string } | null, product: { slug: string, name: string }, stock: { available: number } | null } | null }> } | null, userErrors: Array<{ code: CartErrorCode, message: string, path: Array<string>, available: number | null, variant: { id: string } | null }> } | null };

export type SetStockMutationVariables = Exact<{
  input: SetStockInput;
}>;


export type SetStockMutation = { setStock: { variant: { id: string, stock: { onHand: number | null, reserved: number | null, available: number, lowStockThreshold: number | null, version: number } | null } | null, userErrors: Array<{ code: StockErrorCode, message: string, path: Array<string> }> } | null };

export type SetVariantPricesMutationVariables = Exact<{
  input: SetVariantPricesInput;
}>;


export type SetVariantPricesMutation = { setVariantPrices: { variant: { id: string, version: number, prices: Array<{ price: { amount: string, currency: CurrencyCode } }> } | null, userErrors: Array<{ code: CatalogErrorCode, message: string, path: Array<string> }> } | null };

export type ShipOrderMutationVariables = Exact<{
  input: ShipOrderInput;
}>;


export type ShipOrderMutation = { shipOrder: { order: { id: string, status: OrderStatus, version: number, shipments: Array<{ carrier: string | null, trackingNumber: string | null, trackingUrl: string | null, shippedAt: string }> } | null, userErrors: Array<{ code: OrderErrorCode, message: string, path: Array<string>, available: number | null, variant: { id: string } | null }> } | null };

export type ShowCartQueryVariables = Exact<{ [key: string]: never; }>;


export type ShowCartQuery = { cart: { id: string, version: number, currency: CurrencyCode, totalQuantity: number, expiresAt: string, subtotal: { amount: string, currency: CurrencyCode } | null, lines: Array<{ id: string, quantity: number, unitPrice: { amount: string, currency: CurrencyCode } | null, total: { amount: string, currency: CurrencyCode } | null, variant: { id: string, name: string, image: { url: string, altText: string } | null, product: { slug: string, name: string }, stock: { available: number } | null } | null }> } | null };

export type WatchCartSubscriptionVariables = Exact<{
  cartId: string;
}>;


export type WatchCartSubscription = { cartChanged: { id: string, version: number, totalQuantity: number, subtotal: { amount: string, currency: CurrencyCode } | null, lines: Array<{ id: string, quantity: number, variant: { id: string, product: { name: string } } | null }> } };

export type WatchOrderSubscriptionVariables = Exact<{
  orderId: string;
}>;


export type WatchOrderSubscription = { orderChanged: { id: string, status: OrderStatus, version: number, paidAmount: { amount: string, currency: CurrencyCode }, payments: Array<{ id: string, status: PaymentStatus }> | null, shipments: Array<{ carrier: string | null, trackingNumber: string | null }> } };

export type WatchOrdersSubscriptionVariables = Exact<{
  status?: OrderStatus | null | undefined;
}>;


export type WatchOrdersSubscription = { ordersChanged: { id: string, number: string, status: OrderStatus, version: number, customer: { name: string } | null, lines: Array<{ sku: string, quantity: number }> } };

export type WatchPricesSubscriptionVariables = Exact<{
  variantIds: Array<string> | string;
}>;


export type WatchPricesSubscription = { priceChanged: { id: string, version: number, price: { amount: string, currency: CurrencyCode } | null, compareAtPrice: { amount: string, currency: CurrencyCode } | null } };

export type WatchStockSubscriptionVariables = Exact<{
  variantIds: Array<string> | string;
}>;


export type WatchStockSubscription = { stockChanged: { id: string, name: string, inStock: boolean | null, stock: { available: number, version: number } | null, product: { name: string } } };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const CartFieldsFragmentDoc = new TypedDocumentString(`
    fragment CartFields on Cart {
  id
  version
  currency
  totalQuantity
  subtotal {
    amount
    currency
  }
  expiresAt
  lines {
    id
    quantity
    unitPrice {
      amount
      currency
    }
    total {
      amount
      currency
    }
    variant {
      id
      name
      image {
        url
        altText
      }
      product {
        slug
        name
      }
      stock {
        available
      }
    }
  }
}
    `, {"fragmentName":"CartFields"}) as unknown as TypedDocumentString<CartFieldsFragment, unknown>;
export const ProductCardFragmentDoc = new TypedDocumentString(`
    fragment ProductCard on Product {
  id
  slug
  name
  inStock
  images {
    url
    altText
  }
  defaultVariant {
    id
    price {
      amount
      currency
    }
    compareAtPrice {
      amount
      currency
    }
  }
}
    `, {"fragmentName":"ProductCard"}) as unknown as TypedDocumentString<ProductCardFragment, unknown>;
export const AddressFieldsFragmentDoc = new TypedDocumentString(`
    fragment AddressFields on Address {
  recipient
  line1
  line2
  city
  region
  postalCode
  countryCode
  phone
}
    `, {"fragmentName":"AddressFields"}) as unknown as TypedDocumentString<AddressFieldsFragment, unknown>;
export const AddAddressDocument = new TypedDocumentString(`
    mutation AddAddress($input: AddAddressInput!) {
  addAddress(input: $input) {
    address {
      id
      isDefault
    }
    user {
      id
      defaultAddress {
        id
      }
    }
    userErrors {
      code
      message
      path
    }
  }
}
    `) as unknown as TypedDocumentString<AddAddressMutation, AddAddressMutationVariables>;
export const AddToCartDocument = new TypedDocumentString(`
    mutation AddToCart($input: AddToCartInput!) {
  addToCart(input: $input) {
    cart {
      ...CartFields
    }
    userErrors {
      code
      message
      path
      available
      variant {
        id
      }
    }
  }
}
    fragment CartFields on Cart {
  id
  version
  currency
  totalQuantity
  subtotal {
    amount
    currency
  }
  expiresAt
  lines {
    id
    quantity
    unitPrice {
      amount
      currency
    }
    total {
      amount
      currency
    }
    variant {
      id
      name
      image {
        url
        altText
      }
      product {
        slug
        name
      }
      stock {
        available
      }
    }
  }
}`) as unknown as TypedDocumentString<AddToCartMutation, AddToCartMutationVariables>;
export const AddToWishlistDocument = new TypedDocumentString(`
    mutation AddToWishlist($input: WishlistInput!) {
  addToWishlist(input: $input) {
    user {
      id
      wishlist {
        addedAt
        product {
          id
          name
        }
      }
    }
    userErrors {
      code
      message
      path
    }
  }
}
    `) as unknown as TypedDocumentString<AddToWishlistMutation, AddToWishlistMutationVariables>;
export const BrowseCategoryDocument = new TypedDocumentString(`
    query BrowseCategory($slug: String!, $first: Int!, $after: String, $sort: ProductSort!, $price: PriceFilter) {
  categoryBySlug(slug: $slug) {
    id
    name
    ancestors {
      slug
      name
    }
    children {
      slug
      name
    }
    products(first: $first, after: $after, sort: $sort, filter: {price: $price}) {
      totalCount
      edges {
        cursor
        node {
          id
          slug
          name
          inStock
          priceRange(currency: USD) {
            min {
              amount
              currency
            }
            max {
              amount
              currency
            }
          }
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    `) as unknown as TypedDocumentString<BrowseCategoryQuery, BrowseCategoryQueryVariables>;
export const CancelOrderDocument = new TypedDocumentString(`
    mutation CancelOrder($input: CancelOrderInput!) {
  cancelOrder(input: $input) {
    order {
      id
      status
      version
      refundedAmount {
        amount
        currency
      }
      history {
        status
        at
        reason
        note
      }
    }
    userErrors {
      code
      message
      path
      available
      variant {
        id
      }
    }
  }
}
    `) as unknown as TypedDocumentString<CancelOrderMutation, CancelOrderMutationVariables>;
export const CheckAvailabilityDocument = new TypedDocumentString(`
    query CheckAvailability($items: [StockItemInput!]!) {
  checkAvailability(items: $items) {
    isAvailable
    unavailable {
      variant {
        id
        name
        product {
          name
        }
      }
      requested
      available
    }
  }
}
    `) as unknown as TypedDocumentString<CheckAvailabilityQuery, CheckAvailabilityQueryVariables>;
export const CheckoutDocument = new TypedDocumentString(`
    mutation Checkout($input: CheckoutInput!) {
  checkout(input: $input) {
    order {
      id
      number
      status
      total {
        amount
        currency
      }
      paymentDueAt
      payments {
        id
        status
        nextActionUrl
      }
    }
    userErrors {
      code
      message
      path
      available
      variant {
        id
      }
    }
  }
}
    `) as unknown as TypedDocumentString<CheckoutMutation, CheckoutMutationVariables>;
export const ClaimCartDocument = new TypedDocumentString(`
    mutation ClaimCart($input: ClaimCartInput!) {
  claimCart(input: $input) {
    cart {
      id
      version
      totalQuantity
      owner {
        id
      }
    }
    userErrors {
      code
      message
      path
      available
      variant {
        id
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ClaimCartMutation, ClaimCartMutationVariables>;
export const CreateGuestCartDocument = new TypedDocumentString(`
    mutation CreateGuestCart($input: CreateCartInput) {
  createCart(input: $input) {
    cart {
      ...CartFields
    }
    userErrors {
      code
      message
      path
      available
      variant {
        id
      }
    }
  }
}
    fragment CartFields on Cart {
  id
  version
  currency
  totalQuantity
  subtotal {
    amount
    currency
  }
  expiresAt
  lines {
    id
    quantity
    unitPrice {
      amount
      currency
    }
    total {
      amount
      currency
    }
    variant {
      id
      name
      image {
        url
        altText
      }
      product {
        slug
        name
      }
      stock {
        available
      }
    }
  }
}`) as unknown as TypedDocumentString<CreateGuestCartMutation, CreateGuestCartMutationVariables>;
export const CreateProductDocument = new TypedDocumentString(`
    mutation CreateProduct($input: CreateProductInput!) {
  createProduct(input: $input) {
    product {
      id
      slug
      status
      variants {
        id
        sku
        prices {
          price {
            amount
            currency
          }
          compareAtPrice {
            amount
            currency
          }
        }
      }
    }
    userErrors {
      code
      message
      path
    }
  }
}
    `) as unknown as TypedDocumentString<CreateProductMutation, CreateProductMutationVariables>;
export const HomePageDocument = new TypedDocumentString(`
    query HomePage($first: Int!) {
  categories {
    id
    slug
    name
    children {
      id
      slug
      name
    }
  }
  products(first: $first, sort: NEWEST) {
    nodes {
      ...ProductCard
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment ProductCard on Product {
  id
  slug
  name
  inStock
  images {
    url
    altText
  }
  defaultVariant {
    id
    price {
      amount
      currency
    }
    compareAtPrice {
      amount
      currency
    }
  }
}`) as unknown as TypedDocumentString<HomePageQuery, HomePageQueryVariables>;
export const ListOrdersDocument = new TypedDocumentString(`
    query ListOrders($first: Int!, $after: String, $filter: OrderFilter) {
  orders(first: $first, after: $after, filter: $filter) {
    totalCount
    nodes {
      id
      number
      status
      createdAt
      customer {
        id
        name
        email
      }
      total {
        amount
        currency
      }
      lines {
        sku
        quantity
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<ListOrdersQuery, ListOrdersQueryVariables>;
export const ListUsersDocument = new TypedDocumentString(`
    query ListUsers($first: Int!, $after: String, $filter: UserFilter) {
  users(first: $first, after: $after, filter: $filter) {
    totalCount
    nodes {
      id
      email
      name
      isActive
      createdAt
      orders(first: 3) {
        totalCount
        nodes {
          number
          status
        }
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<ListUsersQuery, ListUsersQueryVariables>;
export const LoginDocument = new TypedDocumentString(`
    mutation Login($input: LoginInput!) {
  login(input: $input) {
    session {
      accessToken
      accessTokenExpiresAt
      refreshToken
      user {
        id
        email
        name
        role
      }
    }
    userErrors {
      code
      message
      path
    }
  }
}
    `) as unknown as TypedDocumentString<LoginMutation, LoginMutationVariables>;
export const LogoutDocument = new TypedDocumentString(`
    mutation Logout($input: LogoutInput!) {
  logout(input: $input) {
    userErrors {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<LogoutMutation, LogoutMutationVariables>;
export const LowStockDocument = new TypedDocumentString(`
    query LowStock($first: Int!, $after: String) {
  lowStock(first: $first, after: $after) {
    totalCount
    nodes {
      available
      onHand
      reserved
      lowStockThreshold
      variant {
        id
        sku
        name
        product {
          name
        }
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<LowStockQuery, LowStockQueryVariables>;
export const MyAccountDocument = new TypedDocumentString(`
    query MyAccount {
  me {
    id
    email
    name
    phone
    createdAt
    addresses {
      id
      isDefault
      address {
        ...AddressFields
      }
    }
    wishlist {
      addedAt
      product {
        id
        slug
        name
        inStock
        priceRange {
          min {
            amount
            currency
          }
        }
      }
    }
    paymentMethods {
      id
      brand
      last4
      expiryMonth
      expiryYear
      isDefault
    }
    cart {
      id
      totalQuantity
    }
  }
}
    fragment AddressFields on Address {
  recipient
  line1
  line2
  city
  region
  postalCode
  countryCode
  phone
}`) as unknown as TypedDocumentString<MyAccountQuery, MyAccountQueryVariables>;
export const OrderDetailDocument = new TypedDocumentString(`
    query OrderDetail($id: ID!) {
  order(id: $id) {
    id
    number
    status
    version
    createdAt
    customer {
      id
      name
      email
    }
    shippingAddress {
      recipient
      line1
      line2
      city
      region
      postalCode
      countryCode
    }
    lines {
      id
      sku
      productName
      variantName
      quantity
      refundedQuantity
      unitPrice {
        amount
        currency
      }
      total {
        amount
        currency
      }
      variant {
        id
        inStock
        image {
          url
          altText
        }
        product {
          slug
          name
        }
      }
    }
    subtotal {
      amount
    }
    shipping {
      amount
    }
    tax {
      amount
    }
    total {
      amount
      currency
    }
    paidAmount {
      amount
    }
    refundedAmount {
      amount
    }
    payments {
      id
      status
      provider
      method {
        brand
        last4
      }
      refunds {
        id
        amount {
          amount
          currency
        }
        createdAt
      }
    }
    shipments {
      carrier
      trackingNumber
      trackingUrl
      shippedAt
      deliveredAt
    }
    history {
      status
      at
      reason
      note
    }
  }
}
    `) as unknown as TypedDocumentString<OrderDetailQuery, OrderDetailQueryVariables>;
export const OrderHistoryDocument = new TypedDocumentString(`
    query OrderHistory($first: Int!, $after: String, $statuses: [OrderStatus!]) {
  me {
    id
    orders(first: $first, after: $after, statuses: $statuses) {
      totalCount
      nodes {
        id
        number
        status
        createdAt
        total {
          amount
          currency
        }
        lines {
          productName
          quantity
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    `) as unknown as TypedDocumentString<OrderHistoryQuery, OrderHistoryQueryVariables>;
export const PayOrderDocument = new TypedDocumentString(`
    mutation PayOrder($input: PayOrderInput!) {
  payOrder(input: $input) {
    payment {
      id
      status
      amount {
        amount
        currency
      }
      method {
        brand
        last4
      }
      failureCode
      nextActionUrl
      order {
        id
        status
      }
    }
    userErrors {
      code
      message
      path
    }
  }
}
    `) as unknown as TypedDocumentString<PayOrderMutation, PayOrderMutationVariables>;
export const ProductPageDocument = new TypedDocumentString(`
    query ProductPage($slug: String!) {
  productBySlug(slug: $slug) {
    id
    name
    description
    status
    inStock
    category {
      slug
      name
      ancestors {
        slug
        name
      }
    }
    images {
      url
      altText
    }
    variants {
      id
      sku
      name
      options {
        name
        value
      }
      image {
        url
        altText
      }
      price {
        amount
        currency
      }
      compareAtPrice {
        amount
        currency
      }
      inStock
      stock {
        available
      }
      version
    }
  }
}
    `) as unknown as TypedDocumentString<ProductPageQuery, ProductPageQueryVariables>;
export const QuoteCheckoutDocument = new TypedDocumentString(`
    query QuoteCheckout($input: CheckoutQuoteInput!) {
  checkoutQuote(input: $input) {
    quote {
      cartVersion
      subtotal {
        amount
        currency
      }
      shipping {
        amount
        currency
      }
      tax {
        amount
        currency
      }
      total {
        amount
        currency
      }
      shippingOptions {
        id
        name
        price {
          amount
          currency
        }
      }
    }
    userErrors {
      code
      message
      path
    }
  }
}
    `) as unknown as TypedDocumentString<QuoteCheckoutQuery, QuoteCheckoutQueryVariables>;
export const RefreshSessionDocument = new TypedDocumentString(`
    mutation RefreshSession($input: RefreshSessionInput!) {
  refreshSession(input: $input) {
    session {
      accessToken
      accessTokenExpiresAt
      refreshToken
    }
    userErrors {
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<RefreshSessionMutation, RefreshSessionMutationVariables>;
export const RefundOrderDocument = new TypedDocumentString(`
    mutation RefundOrder($input: RefundOrderInput!) {
  refundOrder(input: $input) {
    order {
      id
      status
      paidAmount {
        amount
        currency
      }
      refundedAmount {
        amount
        currency
      }
      payments {
        status
        refunds {
          amount {
            amount
          }
          reason
        }
      }
    }
    userErrors {
      code
      message
      path
      available
      variant {
        id
      }
    }
  }
}
    `) as unknown as TypedDocumentString<RefundOrderMutation, RefundOrderMutationVariables>;
export const RegisterDocument = new TypedDocumentString(`
    mutation Register($input: RegisterInput!) {
  register(input: $input) {
    session {
      accessToken
      accessTokenExpiresAt
      refreshToken
      user {
        id
        name
        role
        cart {
          id
          totalQuantity
        }
      }
    }
    userErrors {
      code
      message
      path
    }
  }
}
    `) as unknown as TypedDocumentString<RegisterMutation, RegisterMutationVariables>;
export const RemoveFromCartDocument = new TypedDocumentString(`
    mutation RemoveFromCart($input: RemoveFromCartInput!) {
  removeFromCart(input: $input) {
    cart {
      id
      version
      totalQuantity
    }
    userErrors {
      code
      message
      path
      available
      variant {
        id
      }
    }
  }
}
    `) as unknown as TypedDocumentString<RemoveFromCartMutation, RemoveFromCartMutationVariables>;
export const SavePaymentMethodDocument = new TypedDocumentString(`
    mutation SavePaymentMethod($input: SavePaymentMethodInput!) {
  savePaymentMethod(input: $input) {
    paymentMethod {
      id
      brand
      last4
      expiryMonth
      expiryYear
      isDefault
    }
    userErrors {
      code
      message
      path
    }
  }
}
    `) as unknown as TypedDocumentString<SavePaymentMethodMutation, SavePaymentMethodMutationVariables>;
export const SearchProductsDocument = new TypedDocumentString(`
    query SearchProducts($query: String!, $first: Int!, $after: String, $filter: ProductFilter) {
  searchProducts(query: $query, first: $first, after: $after, filter: $filter) {
    totalCount
    facets {
      kind
      name
      values {
        value
        label
        count
      }
    }
    edges {
      score
      node {
        id
        slug
        name
        defaultVariant {
          id
          price {
            amount
            currency
          }
          inStock
        }
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<SearchProductsQuery, SearchProductsQueryVariables>;
export const SetCartLineQuantityDocument = new TypedDocumentString(`
    mutation SetCartLineQuantity($input: SetCartLineQuantityInput!) {
  setCartLineQuantity(input: $input) {
    cart {
      ...CartFields
    }
    userErrors {
      code
      message
      path
      available
      variant {
        id
      }
    }
  }
}
    fragment CartFields on Cart {
  id
  version
  currency
  totalQuantity
  subtotal {
    amount
    currency
  }
  expiresAt
  lines {
    id
    quantity
    unitPrice {
      amount
      currency
    }
    total {
      amount
      currency
    }
    variant {
      id
      name
      image {
        url
        altText
      }
      product {
        slug
        name
      }
      stock {
        available
      }
    }
  }
}`) as unknown as TypedDocumentString<SetCartLineQuantityMutation, SetCartLineQuantityMutationVariables>;
export const SetStockDocument = new TypedDocumentString(`
    mutation SetStock($input: SetStockInput!) {
  setStock(input: $input) {
    variant {
      id
      stock {
        onHand
        reserved
        available
        lowStockThreshold
        version
      }
    }
    userErrors {
      code
      message
      path
    }
  }
}
    `) as unknown as TypedDocumentString<SetStockMutation, SetStockMutationVariables>;
export const SetVariantPricesDocument = new TypedDocumentString(`
    mutation SetVariantPrices($input: SetVariantPricesInput!) {
  setVariantPrices(input: $input) {
    variant {
      id
      version
      prices {
        price {
          amount
          currency
        }
      }
    }
    userErrors {
      code
      message
      path
    }
  }
}
    `) as unknown as TypedDocumentString<SetVariantPricesMutation, SetVariantPricesMutationVariables>;
export const ShipOrderDocument = new TypedDocumentString(`
    mutation ShipOrder($input: ShipOrderInput!) {
  shipOrder(input: $input) {
    order {
      id
      status
      version
      shipments {
        carrier
        trackingNumber
        trackingUrl
        shippedAt
      }
    }
    userErrors {
      code
      message
      path
      available
      variant {
        id
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ShipOrderMutation, ShipOrderMutationVariables>;
export const ShowCartDocument = new TypedDocumentString(`
    query ShowCart {
  cart {
    ...CartFields
  }
}
    fragment CartFields on Cart {
  id
  version
  currency
  totalQuantity
  subtotal {
    amount
    currency
  }
  expiresAt
  lines {
    id
    quantity
    unitPrice {
      amount
      currency
    }
    total {
      amount
      currency
    }
    variant {
      id
      name
      image {
        url
        altText
      }
      product {
        slug
        name
      }
      stock {
        available
      }
    }
  }
}`) as unknown as TypedDocumentString<ShowCartQuery, ShowCartQueryVariables>;
export const WatchCartDocument = new TypedDocumentString(`
    subscription WatchCart($cartId: ID!) {
  cartChanged(cartId: $cartId) {
    id
    version
    totalQuantity
    subtotal {
      amount
      currency
    }
    lines {
      id
      quantity
      variant {
        id
        product {
          name
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<WatchCartSubscription, WatchCartSubscriptionVariables>;
export const WatchOrderDocument = new TypedDocumentString(`
    subscription WatchOrder($orderId: ID!) {
  orderChanged(orderId: $orderId) {
    id
    status
    version
    paidAmount {
      amount
      currency
    }
    payments {
      id
      status
    }
    shipments {
      carrier
      trackingNumber
    }
  }
}
    `) as unknown as TypedDocumentString<WatchOrderSubscription, WatchOrderSubscriptionVariables>;
export const WatchOrdersDocument = new TypedDocumentString(`
    subscription WatchOrders($status: OrderStatus) {
  ordersChanged(status: $status) {
    id
    number
    status
    version
    customer {
      name
    }
    lines {
      sku
      quantity
    }
  }
}
    `) as unknown as TypedDocumentString<WatchOrdersSubscription, WatchOrdersSubscriptionVariables>;
export const WatchPricesDocument = new TypedDocumentString(`
    subscription WatchPrices($variantIds: [ID!]!) {
  priceChanged(variantIds: $variantIds) {
    id
    version
    price {
      amount
      currency
    }
    compareAtPrice {
      amount
      currency
    }
  }
}
    `) as unknown as TypedDocumentString<WatchPricesSubscription, WatchPricesSubscriptionVariables>;
export const WatchStockDocument = new TypedDocumentString(`
    subscription WatchStock($variantIds: [ID!]!) {
  stockChanged(variantIds: $variantIds) {
    id
    name
    inStock
    stock {
      available
      version
    }
    product {
      name
    }
  }
}
    `) as unknown as TypedDocumentString<WatchStockSubscription, WatchStockSubscriptionVariables>;