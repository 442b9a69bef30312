import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { ShopError } from '../../cli/client/ask.ts'
import { createScreen } from '../../cli/demo/screen.ts'
import { playStory } from '../../cli/demo/story.ts'
import type { Shop } from '../../cli/start/one-process.ts'
import { startSeededShop } from '../support/seeded-shop.ts'

let shop: Shop

before(async () => {
  shop = await startSeededShop()
})

after(() => shop.stop())

test('plays a purchase to its end, with the live events of order and stock', async () => {
  let told = ''
  const purchase = await playStory(
    shop.urls.router,
    createScreen((text) => (told += text), false),
  )
  assert.equal(purchase.orderStatus, 'SHIPPED')
  assert.equal(purchase.stockAfter, purchase.stockBefore - purchase.quantity)
  assert.match(told, /⚡ stockChanged [^⚡]*available: \d+/)
  for (const status of ['PENDING', 'CONFIRMED', 'SHIPPED']) {
    assert.match(told, new RegExp(`⚡ orderChanged [^⚡]*status: "${status}"`))
  }
  assert.match(told, new RegExp(`The end[^]*${purchase.orderNumber}`))
  for (const line of told.split('\n')) assert.ok(line.length <= 100, line)
})

test('plays again, for another customer', async () => {
  const purchase = await playStory(
    shop.urls.router,
    createScreen(() => undefined, false),
  )
  assert.equal(purchase.orderStatus, 'SHIPPED')
})

test('says in a sentence that no shop is there', async () => {
  const nobody = 'http://127.0.0.1:9/graphql'
  const told = playStory(
    nobody,
    createScreen(() => undefined, false),
  )
  await assert.rejects(
    told,
    (error) => error instanceof ShopError && /no shop answers at .*npm start/.test(error.message),
  )
})

test('keeps to 100 columns, coloured or not', () => {
  let told = ''
  const screen = createScreen((text) => (told += text), true)
  const words = 'Every order of the shop, as it changes, '.repeat(10)
  screen.say(words)
  screen.answer({ products: [{ name: words, price: { amount: '299.99', currency: 'USD' } }, 1, 2, 3, 4], none: null })
  assert.notEqual(told, stripVTControlCharacters(told))
  for (const line of stripVTControlCharacters(told).split('\n')) assert.ok(line.length <= 100, line)
  assert.match(stripVTControlCharacters(told), /… 2 more/)
})
