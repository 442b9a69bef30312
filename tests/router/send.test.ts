import assert from 'node:assert/strict'
import { once } from 'node:events'
import { get, IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import { after, test } from 'node:test'
import { close, listen } from '#platform/runtime/http.ts'
import { send } from '../../router/http/send.ts'

const LETTERS = ['a', 'é', '\u2028', '😀']
// Answers of any length: what is sent from memory that is used again, and what is too long for it.
const LENGTHS = [20_000, 60_000, 130_000, 400_000]

const lineOf = (path: string): string => {
  const [, letter = '', length = ''] = path.split('/')
  return decodeURIComponent(letter).repeat(Number(length) / decodeURIComponent(letter).length)
}

const { server, url } = await listen(
  {
    paths: {},
    otherwise: (request, response) =>
      send(response, { headers: [], body: { line: lineOf(request.url ?? '') } }, () => undefined),
  },
  { host: '127.0.0.1', port: 0 },
)
after(() => close(server))

async function ask(letter: string, length: number): Promise<IncomingMessage> {
  const [answer] = (await once(get(`${url}/${encodeURIComponent(letter)}/${length}`), 'response')) as [IncomingMessage]
  return answer
}

test('a long answer is what was written, whatever was sent before it from the same memory', async () => {
  for (const length of LENGTHS)
    for (const letter of LETTERS) {
      const answer = await ask(letter, length)
      const received = await text(answer)
      assert.equal(received, `${lineOf(`/${encodeURIComponent(letter)}/${length}`)}\n`)
      assert.equal(answer.headers['content-length'], String(Buffer.byteLength(received)))
    }
})

/** A response over a connection that takes nothing before it is told to. */
function heldResponse() {
  const taken: Buffer[] = []
  let take = (next: () => void): void => void (held = next)
  let held: () => void = () => undefined
  const socket = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) =>
      take(() => {
        taken.push(chunk)
        done()
      }),
  })
  const response = new ServerResponse(new IncomingMessage(socket as Socket))
  response.assignSocket(socket as Socket)
  const received = async () => {
    take = (next) => next()
    held()
    await once(response, 'finish')
    return Buffer.concat(taken).toString().split('\r\n\r\n')[1]
  }
  return { response, received }
}

test('what a slow client has not taken yet is not overwritten by the answers of others', async () => {
  const [slow, other] = [heldResponse(), heldResponse()]
  for (const [letter, { response }] of [
    ['a', slow],
    ['b', other],
  ] as const)
    await send(response, { headers: [], body: { line: letter.repeat(20_000) } }, () => undefined)
  assert.equal(await text(await ask('c', 20_000)), `${'c'.repeat(20_000)}\n`)
  assert.equal(await slow.received(), `${'a'.repeat(20_000)}\n`)
  assert.equal(await other.received(), `${'b'.repeat(20_000)}\n`)
})
