import assert from 'node:assert/strict'
import type { ExampleOperation } from '../../../cli/collection/example-operations.ts'
import type { Shop } from '../../../cli/start/one-process.ts'
import { type Answer, postGraphQL, subscribeGraphQL } from '../../support/client.ts'
import { createActors, filledIn } from './example-values.ts'

/** Sends an operation of examples/operations as its `.json` says, and asserts that it is answered, for no more than its estimated cost. */
export async function runExample(shop: Shop, example: ExampleOperation): Promise<void> {
  const url = shop.urls.router
  const actors = createActors(url)
  const operation = {
    document: example.source,
    variables: await filledIn(example.variables, actors.valueOf),
    headers: { ...example.headers, 'x-include-cost': '1' },
    token: await actors.tokenOf(example.as),
  }
  assertAnswered(isSubscription(example) ? await firstEvent(url, operation) : await postGraphQL(url, operation))
}

const isSubscription = ({ source }: ExampleOperation): boolean => /^subscription /m.test(source)

/** The first event. Orders are placed and paid until it comes: watch-orders has no current state, it starts empty. */
async function firstEvent(url: string, operation: Parameters<typeof subscribeGraphQL>[1]): Promise<Answer> {
  const events = subscribeGraphQL(url, operation)
  let isHere = false
  const placeOrders = async () => {
    while (!isHere) await createActors(url).valueOf('paidOrderId')
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

function assertAnswered({ data, errors, extensions }: Answer): void {
  assert.equal(errors, undefined, JSON.stringify(errors))
  const cost = extensions?.['cost'] as { estimated: number; actual: number }
  assert.ok(cost.actual > 0 && cost.actual <= cost.estimated, JSON.stringify(cost))
  for (const [field, value] of Object.entries<Answer['data']>(data)) {
    assert.ok(value !== null, `${field} is null`)
    assert.deepEqual(value.userErrors ?? [], [], field)
  }
}
