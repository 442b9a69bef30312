import fc from 'fast-check'
import { newId } from '#platform/kernel/ids.ts'

/** A change of the catalogue as its keeper makes it; `on` picks among what is there. */
export type Write = { field: string; type: string; input: (there: There) => object; selection: string }

/** What is in the catalogue. */
export type There = { products: readonly string[]; variants: readonly string[]; categories: readonly string[] }

const price = (amount: number, currency: string) => ({ price: { amount: `${amount}.00`, currency } })
const picture = (name: string) => ({ url: `https://pictures.example/${name}.png`, altText: name })
const WORDS = ['red', 'green', 'blue', 'lamp', 'chair', 'table']
const word = fc.constantFrom(...WORDS)
const nth = fc.nat({ max: 5 })
const pick = (from: readonly string[], n: number): string => from[n % from.length] ?? newId()
const amount = fc.integer({ min: 1, max: 50 })

/** Any change that a keeper of the catalogue may make. */
export const anyWrite: fc.Arbitrary<Write> = fc.oneof(
  fc.record({ n: nth, usd: amount, eur: fc.option(amount) }).map(
    ({ n, usd, eur }): Write => ({
      field: 'setVariantPrices',
      type: 'SetVariantPricesInput',
      selection: 'variant { name }',
      input: ({ variants }) => ({
        variantId: pick(variants, n),
        prices: [price(usd, 'USD'), ...(eur === null ? [] : [price(eur, 'EUR')])],
      }),
    }),
  ),
  fc.record({ n: nth, change: productChange() }).map(
    ({ n, change }): Write => ({
      field: 'updateProduct',
      type: 'UpdateProductInput',
      selection: 'product { status }',
      input: (there) => ({ id: pick(there.products, n), ...change(there) }),
    }),
  ),
  fc.record({ n: nth, value: word, weightGrams: fc.option(amount) }).map(
    ({ n, value, weightGrams }): Write => ({
      field: 'updateVariant',
      type: 'UpdateVariantInput',
      selection: 'variant { id }',
      input: ({ variants }) => ({
        id: pick(variants, n),
        options: [{ name: 'Colour', value }],
        weightGrams,
      }),
    }),
  ),
  fc.record({ n: nth, usd: amount }).map(
    ({ n, usd }): Write => ({
      field: 'addVariant',
      type: 'AddVariantInput',
      selection: 'variant { product { name } }',
      input: ({ products }) => ({
        productId: pick(products, n),
        variant: { sku: newId(), name: 'Added', prices: [price(usd, 'USD')] },
      }),
    }),
  ),
  nth.map(
    (n): Write => ({
      field: 'removeVariant',
      type: 'RemoveVariantInput',
      selection: 'userErrors { message }',
      input: ({ variants }) => ({ id: pick(variants, n) }),
    }),
  ),
  fc.record({ name: word, n: fc.option(nth) }).map(
    ({ name, n }): Write => ({
      field: 'createProduct',
      type: 'CreateProductInput',
      selection: 'product { slug }',
      input: ({ categories }) => ({
        name,
        description: `A ${name}.`,
        ...(n !== null && { categoryId: pick(categories, n) }),
        variants: [{ sku: newId(), prices: [price(9, 'USD')] }],
      }),
    }),
  ),
  fc.record({ name: word, n: fc.option(nth) }).map(
    ({ name, n }): Write => ({
      field: 'createCategory',
      type: 'CreateCategoryInput',
      selection: 'category { name }',
      input: ({ categories }) => ({ name, ...(n !== null && { parentId: pick(categories, n) }) }),
    }),
  ),
  fc.record({ name: word, n: nth, parent: fc.option(nth) }).map(
    ({ name, n, parent }): Write => ({
      field: 'updateCategory',
      type: 'UpdateCategoryInput',
      selection: 'category { name }',
      input: ({ categories }) => ({
        id: pick(categories, n),
        name,
        parentId: parent === null ? null : pick(categories, parent),
      }),
    }),
  ),
  nth.map(
    (n): Write => ({
      field: 'removeCategory',
      type: 'RemoveCategoryInput',
      selection: 'userErrors { message }',
      input: ({ categories }) => ({ id: pick(categories, n) }),
    }),
  ),
)

function productChange(): fc.Arbitrary<(there: There) => object> {
  return fc.oneof(
    word.map((name) => () => ({ name })),
    word.map((text) => () => ({ slug: `${text}-${newId().slice(-6)}` })),
    word.map((text) => () => ({ images: [picture(text)] })),
    fc.constantFrom('DRAFT', 'ACTIVE', 'ARCHIVED').map((status) => () => ({ status })),
    fc.option(nth).map((n) => ({ categories }: There) => ({ categoryId: n === null ? null : pick(categories, n) })),
  )
}

const VARIANT = `id sku name price { amount currency } compareAtPrice { amount } prices { price { amount } }
  options { value } image { url } weightGrams version product { name slug }`
const PRODUCT = `id slug name description status updatedAt images { url } category { name slug ancestors { name } parent { name } }
  variants { ${VARIANT} } defaultVariant { sku price { amount } } priceRange { min { amount } max { amount } }`
const LIST =
  'totalCount nodes { name defaultVariant { name } priceRange { min { amount } } } facets { name values { label count } } pageInfo { hasNextPage }'

/** Reads over everything that may be kept: by key, by list, and through another subgraph's references. */
export const READS: readonly { document: string; variables: (there: There & { cart: string }) => object }[] = [
  {
    document: `query ($ids: [ID!]!) { productsById(ids: $ids) { ${PRODUCT} } }`,
    variables: ({ products }) => ({ ids: products }),
  },
  {
    document: `query ($id: ID!) { product(id: $id) { name variants { price { amount } } } }`,
    variables: ({ products }) => ({ id: products[0] }),
  },
  {
    document: `query ($id: ID!) { variant(id: $id) { ${VARIANT} } }`,
    variables: ({ variants }) => ({ id: variants[0] }),
  },
  {
    document: `query ($id: ID!) { variant(id: $id) { image { url } } }`,
    variables: ({ variants }) => ({ id: variants[1] }),
  },
  { document: `{ products(sort: PRICE_ASC, first: 3) { ${LIST} } }`, variables: () => ({}) },
  { document: `{ products(sort: NAME) { totalCount edges { node { name status } } } }`, variables: () => ({}) },
  {
    document: `query ($id: ID!) { products(filter: { categoryId: $id }) { totalCount } }`,
    variables: ({ categories }) => ({ id: categories[0] }),
  },
  {
    document: `{ products(filter: { options: [{ name: "Colour", value: "red" }] }) { nodes { id } } }`,
    variables: () => ({}),
  },
  { document: `{ searchProducts(query: "lamp") { ${LIST} } }`, variables: () => ({}) },
  { document: `{ productBySlug(slug: "lamp") { id } }`, variables: () => ({}) },
  { document: `{ categoryBySlug(slug: "red") { name ancestors { name } } }`, variables: () => ({}) },
  {
    document: `{ categories { name children { name parent { name } ancestors { name } products { totalCount nodes { name } } } products { totalCount } } }`,
    variables: () => ({}),
  },
  {
    document: `query ($id: ID!) { category(id: $id) { name parent { name } children { name } ancestors { name } } }`,
    variables: ({ categories }) => ({ id: categories[1] }),
  },
  {
    document: `query ($cart: ID!) { cart(id: $cart) { lines { variant { ${VARIANT} } } } }`,
    variables: ({ cart }) => ({ cart }),
  },
]
