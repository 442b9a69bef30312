import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { after, test } from 'node:test'
import { close, listen } from '#platform/runtime/http.ts'
import { createDraining } from '../../router/http/draining.ts'
import { waitUntil } from '../support/wait-until.ts'

const REQUEST = (path: string) => `GET ${path} HTTP/1.1\r\nhost: router\r\n\r\n`

/** A server whose answers, each its path, wait until they are let go. */
async function startHolding() {
  const draining = createDraining()
  const held = new Map<string, () => void>()
  const otherwise = draining.watch((request, response) => {
    const path = request.url ?? ''
    held.set(path, () => response.end(path))
  })
  const { server, url } = await listen({ paths: {}, otherwise }, { host: '127.0.0.1', port: 0 })
  after(() => close(server))
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  await once(socket, 'connect')
  const isAsked = (path: string) => waitUntil(`${path} is asked for`, () => held.has(path))
  return { draining, socket, isAsked, answer: (path: string) => held.get(path)?.() }
}

test('a connection closes with the last answer that it waits for, and none is lost', async () => {
  const { draining, socket, isAsked, answer } = await startHolding()
  const received = text(socket)
  socket.write(REQUEST('/first') + REQUEST('/second'))
  await isAsked('/second')
  draining.start()
  answer('/second')
  answer('/first')
  assert.deepEqual((await received).match(/connection: [\w-]+|\/\w+$|\/\w+(?=HTTP)/gi), [
    'Connection: keep-alive',
    '/first',
    'Connection: close',
    '/second',
  ])
})

test('what is asked on a connection later is its last answer, too', async () => {
  const { draining, socket, isAsked, answer } = await startHolding()
  const received = text(socket)
  socket.write(REQUEST('/before'))
  await isAsked('/before')
  answer('/before')
  await once(socket, 'readable')
  draining.start()
  socket.write(REQUEST('/after'))
  await isAsked('/after')
  answer('/after')
  assert.match(await received, /Connection: close\r\n[\s\S]*\/after$/)
})
