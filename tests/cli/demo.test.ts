import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { ShopError } from '../../cli/client/ask.ts'
import { createScreen } from '../../cli/demo/screen.ts'
import { playStory } from '../../cli/demo/story.ts'

// That it plays its story to the end is tested beside the shop of the documentation: tests/docs/shop.test.ts.

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
