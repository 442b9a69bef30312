import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { readExampleOperations } from '../../cli/collection/example-operations.ts'
import { createScreen } from '../../cli/demo/screen.ts'
import { playStory } from '../../cli/demo/story.ts'
import type { Shop } from '../../cli/start/one-process.ts'
import { startSeededShop } from '../support/seeded-shop.ts'
import { type Drive, DRIVERS } from './support/client-drivers.ts'
import { createActors } from './support/example-values.ts'
import { runExample } from './support/examples.ts'
import { difference } from './support/matches.ts'
import { removeModules, writeModules } from './support/modules.ts'
import { readPages } from './support/pages.ts'
import { createReader } from './support/reader.ts'
import { isRunBesideShop } from './support/shell.ts'
import { stepsOf } from './support/steps.ts'

let shop: Shop

before(async () => {
  shop = await startSeededShop()
})

after(() => shop.stop())
after(removeModules)

// Its field is not in this shop; add-a-field.test.ts adds it first.
const ELSEWHERE: ReadonlySet<string> = new Set(['docs/add-a-field.md'])

for (const page of readPages().filter(({ path }) => !ELSEWHERE.has(path))) {
  const steps = stepsOf(page).filter(
    ({ block }) =>
      (block.language === 'graphql' && block.flags.length === 0) || (block.language === 'sh' && isRunBesideShop(block)),
  )
  if (steps.length === 0) continue
  test(`${page.path}: whoever does what it says gets what it shows`, async () => {
    const reader = createReader(shop)
    for (const step of steps) await (step.block.language === 'sh' ? reader.run(step) : reader.ask(step))
  })
}

for (const example of readExampleOperations()) {
  test(`examples/operations/${example.name} is answered without an error, for no more than its estimated cost`, () =>
    runExample(shop, example))
}

const CART = 'subscription Cart($cartId: ID!) { cartChanged(cartId: $cartId) { totalQuantity } }'

const settings = readPages()
  .flatMap(({ blocks }) => blocks)
  .filter((block) => block.language === 'ts' && block.settings.has('for'))

test('the page of subscriptions has the settings of every client that is run', () => {
  assert.deepEqual(settings.map((block) => block.settings.get('for')).toSorted(), Object.keys(DRIVERS).toSorted())
})

for (const [name, drive] of Object.entries(DRIVERS)) {
  test(`the settings of ${name} subscribe as somebody who is signed in`, async () => {
    const files = await writeModules(settings, (text) =>
      text.replaceAll('127.0.0.1:4000', new URL(shop.urls.router).host),
    )
    const file = files[settings.findIndex((block) => block.settings.get('for') === name)]
    const actors = createActors(shop.urls.router)
    Object.assign(globalThis, { freshToken: () => actors.tokenOf('customer') })
    const cartId = String(await actors.valueOf('cartId'))
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    const subscription = { query: CART, variables: { cartId } }
    const stop = (drive as Drive)(await import(file ?? ''), subscription, { next: resolve, error: reject })
    try {
      // Apollo asks for the type as well.
      assert.equal(difference({ cartChanged: { totalQuantity: 1, '…': '…' } }, await promise), undefined)
    } finally {
      await stop()
    }
  })
}

test('npm run demo plays a purchase to its end, with the live events of order and stock', async () => {
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

test('npm run demo plays again, for another customer', async () => {
  const purchase = await playStory(
    shop.urls.router,
    createScreen(() => undefined, false),
  )
  assert.equal(purchase.orderStatus, 'SHIPPED')
})
