import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'
import { z } from 'zod'
import { generateKeys } from '#platform/auth/generate-keys.ts'
import { readServiceKeys } from '#platform/auth/jwks.ts'
import { readSigningKey } from '#platform/auth/keys.ts'
import { verifyServiceToken } from '#platform/auth/tokens.ts'
import { createNeighbours, NeighbourError } from '#platform/graphql/neighbours.ts'
import { type HttpHandler, readBody } from '#platform/runtime/http.ts'

const keys = generateKeys()
const answer = z.object({ stock: z.number() })
const call = {
  to: 'inventory' as const,
  document: '{ stock }',
  variables: { id: 'v1' },
  answer,
  actorId: 'u1',
  requestId: 'r-1',
}

async function neighbour(t: TestContext, listener: HttpHandler, timeoutMs = 5_000) {
  const server = createServer((request, response) => void listener(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const urls = { inventory: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql` }
  return createNeighbours({ from: 'orders', key: readSigningKey(keys.serviceKeys.orders), urls, timeoutMs })
}

test('asks in the name of its service and of the person, with the id of the request', async (t) => {
  let asked: Record<string, unknown> = {}
  const neighbours = await neighbour(t, async (request, response) => {
    asked = { ...request.headers, body: JSON.parse(await readBody(request)) }
    response.end(JSON.stringify({ data: { stock: 3 } }))
  })
  assert.deepEqual(await neighbours(call), { stock: 3 })
  assert.equal(asked['x-request-id'], 'r-1')
  assert.deepEqual(asked['body'], { query: '{ stock }', variables: { id: 'v1' } })
  const token = String(asked['authorization']).replace('Bearer ', '')
  const { viewer } = await verifyServiceToken(token, 'inventory', readServiceKeys(keys.serviceJwks))
  assert.deepEqual(viewer, { kind: 'service', service: 'orders', actorId: 'u1' })
})

const unsound: Record<string, [body: string, status: number, message: RegExp]> = {
  'no JSON': ['<html>', 502, /none came/],
  'a failure': ['{"oops":true}', 500, /another answer/],
  'a refusal without data': ['{"errors":[{"message":"jwt expired"}]}', 401, /jwt expired/],
  'an array': ['[]', 200, /GraphQL answer/],
  'errors of GraphQL': ['{"data":null,"errors":[{"message":"no such variant"}]}', 200, /no such variant/],
  'an error beside data': ['{"data":{"stock":3},"errors":[{"message":"half"}]}', 200, /half/],
  'other data': ['{"data":{"stock":"many"}}', 200, /another answer/],
  nothing: ['', 200, /none came/],
}
for (const [name, [body, status, message]] of Object.entries(unsound)) {
  test(`${name} is no sound answer`, async (t) => {
    const neighbours = await neighbour(t, (_request, response) => void response.writeHead(status).end(body))
    await assert.rejects(neighbours(call), (error) => error instanceof NeighbourError && message.test(error.message))
  })
}

test('gives up after its time, on who never answers and on who never ends', async (t) => {
  const silent = await neighbour(t, () => undefined, 50)
  await assert.rejects(silent(call), NeighbourError)
  const endless = await neighbour(t, (_request, response) => void response.write('{"data":'), 50)
  await assert.rejects(endless(call), NeighbourError)
})

test('nobody there, or nobody named, is no answer either', async () => {
  const key = readSigningKey(keys.serviceKeys.orders)
  const gone = createNeighbours({
    from: 'orders',
    key,
    urls: { inventory: 'http://127.0.0.1:1/graphql' },
    timeoutMs: 1_000,
  })
  await assert.rejects(gone(call), /expected an answer from inventory/)
  const unnamed = createNeighbours({ from: 'orders', key, urls: {}, timeoutMs: 1_000 })
  await assert.rejects(unnamed(call), /INVENTORY_URL to be set/)
})
