import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestShop, type TestShop } from '../support/shop.ts'
import { catalogue } from './products-support.ts'

let shop: TestShop
let products: ReturnType<typeof catalogue>

before(async () => {
  shop = await startTestShop({ subgraphs: ['products'] })
  products = catalogue(shop)
})
after(() => shop.stop())

const update = (input: object) =>
  products.change(
    'updateCategory',
    'UpdateCategoryInput',
    input,
    'category { id name slug parent { name } ancestors { name } }',
  )
const reasons = ({ userErrors }: { userErrors: { code: string; path: string[] }[] }) =>
  userErrors.map(({ code, path }) => `${code} ${path.join('.')}`)

test('moves a category with all under it, and makes a root of it', async () => {
  const home = await products.category('Home')
  const kitchen = await products.category('Kitchen', home.id)
  const knives = await products.category('Knives', kitchen.id)
  const garden = await products.category('Garden')
  await update({ id: kitchen.id, parentId: garden.id })
  const { data } = await products.call(
    'query ($id: ID!) { category(id: $id) { ancestors { name } parent { children { name } } } }',
    { id: knives.id },
  )
  assert.deepEqual(data.category, {
    ancestors: [{ name: 'Garden' }, { name: 'Kitchen' }],
    parent: { children: [{ name: 'Knives' }] },
  })
  assert.deepEqual((await update({ id: kitchen.id, parentId: null })).category.ancestors, [])
})

test('refuses what would put a category under itself, even when two try at once', async () => {
  const [a, b] = [await products.category('Cycle A'), await products.category('Cycle B')]
  const under = await products.category('Under A', a.id)
  assert.deepEqual(reasons(await update({ id: a.id, parentId: a.id })), ['CATEGORY_CYCLE input.parentId'])
  assert.deepEqual(reasons(await update({ id: a.id, parentId: under.id })), ['CATEGORY_CYCLE input.parentId'])
  const both = await Promise.all([update({ id: a.id, parentId: b.id }), update({ id: b.id, parentId: a.id })])
  assert.deepEqual(both.flatMap(reasons), ['CATEGORY_CYCLE input.parentId'])
})

test('refuses taken slugs and names that are none', async () => {
  const taken = await products.category('Taken')
  const other = await products.category('Other')
  assert.deepEqual(reasons(await update({ id: other.id, slug: taken.slug })), ['SLUG_TAKEN input.slug'])
  assert.deepEqual(reasons(await update({ id: other.id, name: null, slug: 'Ä' })), [
    'INVALID_INPUT input.name',
    'INVALID_INPUT input.slug',
  ])
  const created = await products.change(
    'createCategory',
    'CreateCategoryInput',
    { name: 'x', slug: 'taken' },
    'category { id }',
  )
  assert.deepEqual(reasons(created), ['SLUG_TAKEN input.slug'])
  assert.equal((await products.category('Taken')).slug, 'taken-2')
  assert.deepEqual((await update({ id: other.id, slug: other.slug, name: 'Renamed' })).category.slug, 'other')
})

test('gives the products and children of a removed category to its parent', async () => {
  const top = await products.category('Top')
  const middle = await products.category('Middle', top.id)
  const bottom = await products.category('Bottom', middle.id)
  const product = await products.create('Orphan', { categoryId: middle.id })
  const removed = await products.change(
    'removeCategory',
    'RemoveCategoryInput',
    { id: middle.id },
    'category { name parent { name } }',
  )
  assert.deepEqual(removed.category, { name: 'Middle', parent: { name: 'Top' } })
  const { data } = await products.call(
    `query ($product: ID!, $bottom: ID!, $middle: ID!) { product(id: $product) { category { name } }
    bottom: category(id: $bottom) { parent { name } } middle: category(id: $middle) { id } }`,
    { product: product.id, bottom: bottom.id, middle: middle.id },
  )
  assert.deepEqual(data, { product: { category: { name: 'Top' } }, bottom: { parent: { name: 'Top' } }, middle: null })
  await products.change('removeCategory', 'RemoveCategoryInput', { id: top.id }, 'category { id }')
  assert.equal(
    (await products.call('query ($id: ID!) { product(id: $id) { category { name } } }', { id: product.id })).data
      .product.category,
    null,
  )
})

test('removing a category while products are put into it loses neither', async () => {
  for (let round = 0; round < 5; round += 1) {
    const category = await products.category(`Contested ${round}`)
    const made = await Promise.all(
      Array.from({ length: 4 }, (_, index) => products.create(`Contested ${round} ${index}`)),
    )
    const moves = made.map(({ id }) =>
      products.change('updateProduct', 'UpdateProductInput', { id, categoryId: category.id }, 'product { id }'),
    )
    const [removal, ...moved] = await Promise.all([
      products.change('removeCategory', 'RemoveCategoryInput', { id: category.id }, 'category { id }'),
      ...moves,
    ])
    assert.deepEqual(removal.userErrors, [])
    for (const move of moved)
      assert.ok(move.product !== null || reasons(move)[0] === 'CATEGORY_NOT_FOUND input.categoryId')
  }
})

test('the roots and the children come by name', async () => {
  const root = await products.category('Order')
  for (const name of ['zebra', 'Ärger', 'Bus', 'apple']) await products.category(name, root.id)
  const { data } = await products.call(
    'query ($slug: String!) { categoryBySlug(slug: $slug) { children { name } } categories { name } }',
    { slug: root.slug },
  )
  assert.deepEqual(
    data.categoryBySlug.children.map(({ name }: { name: string }) => name),
    ['apple', 'Ärger', 'Bus', 'zebra'],
  )
  const roots = data.categories.map(({ name }: { name: string }) => name.toLowerCase())
  assert.deepEqual(roots, roots.toSorted())
})

test('many references to categories cost one statement, unknown ones are null', async () => {
  const made = await Promise.all(['R1', 'R2', 'R3'].map((name) => products.category(name)))
  const representations = [...made.map(({ id }) => id), 'nonsense'].map((id) => ({ __typename: 'Category', id }))
  shop.resetStatements()
  const document =
    'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Category { name } } }'
  const { data } = await products.call(document, { representations })
  assert.deepEqual(data._entities, [{ name: 'R1' }, { name: 'R2' }, { name: 'R3' }, null])
  assert.equal(shop.statements('products').length, 1)
})
