import assert from 'node:assert/strict'
import type { Answer } from '../support/client.ts'
import type { TestShop } from '../support/shop.ts'
import type { TestViewer } from '../support/viewers.ts'

/** A price as a client gives it. */
export const price = (amount: string, currency = 'USD', compareAt?: string) => ({
  price: { amount, currency },
  ...(compareAt !== undefined && { compareAtPrice: { amount: compareAt, currency } }),
})

/** Calls of products as a test makes them. */
export function catalogue(shop: TestShop) {
  const merchant = shop.user({ role: 'MERCHANT' })
  let count = 0
  const nextSku = () => `SKU-${(count += 1)}`
  const call = (document: string, variables: object = {}, viewer: TestViewer = shop.guest) =>
    shop.call('products', document, variables, viewer)
  const write = (document: string, variables: object = {}) => call(document, variables, merchant)
  const change = async (field: string, type: string, input: object, selection: string) => {
    const answer = await write(
      `mutation ($input: ${type}!) { ${field}(input: $input) { ${selection} userErrors { code path message } } }`,
      { input },
    )
    assert.equal(answer.errors, undefined, JSON.stringify(answer.errors))
    return answer.data[field]
  }
  const create = async (name: string, input: object = {}) => {
    const given = { name, description: '', variants: [{ sku: nextSku(), prices: [price('10.00')] }], ...input }
    const { product, userErrors } = await change('createProduct', 'CreateProductInput', given, PRODUCT)
    assert.deepEqual(userErrors, [])
    return product
  }
  const category = async (name: string, parentId?: string) =>
    (await change('createCategory', 'CreateCategoryInput', { name, parentId }, 'category { id slug }')).category
  /** All names of a list, page by page. */
  const names = async (args: object, { size = 100, viewer = shop.guest } = {}): Promise<string[]> => {
    const found: string[] = []
    for (let after: string | null = null, isMore = true; isMore; ) {
      const answer: Answer = await call(LIST, { first: size, after, ...args }, viewer)
      assert.equal(answer.errors, undefined, JSON.stringify(answer.errors))
      const { nodes, pageInfo } = answer.data.products
      found.push(...nodes.map((node: { name: string }) => node.name))
      after = pageInfo.endCursor
      isMore = pageInfo.hasNextPage
    }
    return found
  }
  const search = async (query: string, args: object = {}): Promise<string[]> => {
    const answer = await call(SEARCH, { query, ...args })
    assert.equal(answer.errors, undefined, JSON.stringify(answer.errors))
    return answer.data.searchProducts.nodes.map((node: { name: string }) => node.name)
  }
  return { merchant, nextSku, call, write, change, create, category, names, search }
}

/** What tests read of a product. */
export const PRODUCT =
  'product { id slug name status updatedAt variants { id sku name version prices { price { amount currency } compareAtPrice { amount } } } }'

const LIST = `query ($first: Int!, $after: String, $filter: ProductFilter, $sort: ProductSort! = NEWEST) {
  products(first: $first, after: $after, filter: $filter, sort: $sort) { nodes { name } pageInfo { endCursor hasNextPage } }
}`

const SEARCH = `query ($query: String!, $first: Int! = 100, $filter: ProductFilter, $sort: ProductSort) {
  searchProducts(query: $query, first: $first, filter: $filter, sort: $sort) { nodes { name } }
}`
