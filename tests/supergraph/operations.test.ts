import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Shop } from '../../cli/start/one-process.ts'
import { type Answer, postGraphQL, subscribeGraphQL } from '../support/client.ts'
import { startSeededShop } from '../support/seeded-shop.ts'
import { type ExampleOperation, fillIn, readExampleOperations } from '../../cli/collection/example-operations.ts'
import { createActors, type ExampleActors } from './example-values.ts'

let shop: Shop

before(async () => {
  shop = await startSeededShop()
})

after(() => shop.stop())

for (const example of readExampleOperations()) {
  test(`examples/operations/${example.name} is answered without an error, for no more than its estimated cost`, async () => {
    const actors = createActors(shop.urls.router)
    const variables = await filledIn(example, actors)
    const operation = {
      document: example.source,
      variables,
      headers: { ...example.headers, 'x-include-cost': '1' },
      token: await actors.tokenOf(example.as),
    }
    assertAnswered(
      isSubscription(example) ? await firstEvent(operation) : await postGraphQL(shop.urls.router, operation),
    )
  })
}

const isSubscription = ({ source }: ExampleOperation): boolean => /^subscription /m.test(source)

/** The first event. Orders are placed and paid until it comes: watch-orders has no current state, it starts empty. */
async function firstEvent(operation: Parameters<typeof subscribeGraphQL>[1]): Promise<Answer> {
  const events = subscribeGraphQL(shop.urls.router, operation)
  let isHere = false
  const placeOrders = async () => {
    while (!isHere) await createActors(shop.urls.router).valueOf('paidOrderId')
  }
  try {
    const first = events.next().finally(() => {
      isHere = true
    })
    const [{ value }] = await Promise.all([first, placeOrders()])
    return value
  } finally {
    await events.return?.()
  }
}

async function filledIn(
  { variables }: ExampleOperation,
  actors: ExampleActors,
): Promise<ExampleOperation['variables']> {
  const asked = new Set<string>()
  fillIn(variables, (placeholder) => (asked.add(placeholder), ''))
  const values = new Map<string, string | number>()
  for (const placeholder of asked) values.set(placeholder, await actors.valueOf(placeholder))
  return fillIn(variables, (placeholder) => values.get(placeholder) ?? '')
}

function assertAnswered({ data, errors, extensions }: Answer): void {
  assert.equal(errors, undefined, JSON.stringify(errors))
  const cost = extensions?.['cost'] as { estimated: number; actual: number }
  assert.ok(cost.actual > 0 && cost.actual <= cost.estimated, JSON.stringify(cost))
  for (const [field, value] of Object.entries<Answer['data']>(data)) {
    assert.ok(value !== null, `${field} is null`)
    assert.deepEqual(value.userErrors ?? [], [], field)
  }
}
