import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CATALOGUE, type CatalogueCategory } from '../../cli/seed/catalogue.ts'
import { toTsquery } from '../../subgraphs/products/domain/search-query.ts'
import { isForgivable } from '../../subgraphs/products/domain/spelling.ts'
import { words } from '../../subgraphs/products/domain/text.ts'
import { lookUpTerms } from '../../subgraphs/products/persistence/search.ts'
import { startTestShop, type TestShop } from '../support/shop.ts'
import { catalogue } from './products-support.ts'

let shop: TestShop
let products: ReturnType<typeof catalogue>

before(async () => {
  shop = await startTestShop({ subgraphs: ['products'] })
  products = catalogue(shop)
})
after(() => shop.stop())

test('the demo catalogue holds what the demo promises', () => {
  const promised = [
    ['Wireless Headphones Pro', '299.99', 100],
    ['Smart Watch Ultra', '499.99', 50],
    ['4K Webcam', '199.99', 75],
  ]
  for (const [name, amount, stock] of promised) {
    const found = CATALOGUE.products.filter((product) => product.name === name)
    assert.equal(found.length, 1)
    assert.equal(found[0]?.variants.length, 1)
    const [variant] = found[0]?.variants ?? []
    assert.equal(variant?.stock, stock)
    assert.equal(variant?.prices.find(({ price }) => price.currency === 'USD')?.price.amount, amount)
  }
  assert.ok(CATALOGUE.products.length >= 55)
})

test('the whole demo catalogue is accepted, with the slugs it names', async () => {
  const ids = new Map<string, string>()
  const plant = async ({ slug, name, children = [] }: CatalogueCategory, parentId: string | null): Promise<void> => {
    const { category } = await products.change(
      'createCategory',
      'CreateCategoryInput',
      { slug, name, parentId },
      'category { id }',
    )
    ids.set(slug, category.id)
    for (const child of children) await plant(child, category.id)
  }
  for (const root of CATALOGUE.categories) await plant(root, null)
  for (const { category, variants, ...rest } of CATALOGUE.products) {
    assert.ok(ids.has(category), category)
    const given = variants.map(({ stock: _stock, lowStockThreshold: _low, ...variant }) => variant)
    const product = await products.create(rest.name, { ...rest, categoryId: ids.get(category), variants: given })
    assert.equal(product.slug, rest.slug)
  }
  assert.deepEqual((await products.search('wirless headphones')).slice(0, 1), ['Wireless Headphones Pro'])
  assert.deepEqual((await products.search('4k webcam')).slice(0, 1), ['4K Webcam'])
  assert.deepEqual((await products.search('watch ult')).slice(0, 1), ['Smart Watch Ultra'])
  assert.equal((await products.names({ sort: 'PRICE_DESC' }, { size: 20 })).length, CATALOGUE.products.length)
})

test('finds every word of the demo catalogue in spite of any one mistake', async () => {
  const db = (await shop.runtime('products')).database.sql()
  const choices = CATALOGUE.products.flatMap(({ variants }) => variants.flatMap(({ options = [] }) => options))
  const texts = [
    ...CATALOGUE.products.flatMap(({ name, description }) => [name, description]),
    ...choices.map(({ value }) => value),
  ]
  const known = new Set(texts.flatMap(words))
  for (const word of known) {
    const typed = mistakesIn(word).filter((text) => isForgivable(text) && !known.has(text))
    const terms = await lookUpTerms(db, [...typed, 'last'])
    for (const term of terms.slice(0, -1))
      assert.ok(toTsquery([term, term]).includes(`'${word}'`), `${term.term}: ${word}`)
  }
})

const mistakesIn = (word: string): string[] =>
  Array.from(word, (letter, place) => {
    const [head, tail] = [word.slice(0, place), word.slice(place + 1)]
    return [
      head + tail,
      `${head}q${letter}${tail}`,
      `${head}q${tail}`,
      head + tail.slice(0, 1) + letter + tail.slice(1),
    ]
  }).flat()
