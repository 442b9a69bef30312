import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Answer, badParameter } from './answer.ts'
import { holdsCardNumber } from './card-number.ts'

/** One request, read and parsed. */
export type Call = {
  /** What stands for `:id` in the route; empty where the route has none. */
  readonly id: string
  readonly query: URLSearchParams
  readonly idempotencyKey: string | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: unknown
}

// A charge has a few hundred bytes; fifty entries of metadata, at their longest, have 30 kB.
const LARGEST_BODY = 64 * 1024

/** The body as parsed JSON, or an empty object. 400 when it is too large, no JSON, or holds what looks like a card number. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const text = await readText(request)
  const body = text === '' ? {} : parse(text)
  // Looked at as parsed: an escape such as \u0034 must not hide a digit.
  if (holdsCardNumber(JSON.stringify(body))) {
    throw badParameter(
      'card_number_refused',
      'body',
      'Card numbers are not taken here: send the token of a payment method',
    )
  }
  return body
}

/** Reads the body to its end, so that the connection can be used again, and forgets it. */
export const skipBody = async (request: IncomingMessage): Promise<void> => void (await readText(request))

/** Sends `answer`, or cuts the connection where it says so. */
export function send(response: ServerResponse, answer: Answer, options: { isLast: boolean }): void {
  if (answer.isCut === true) {
    response.destroy()
    return
  }
  response.writeHead(answer.status, {
    ...answer.headers,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(options.isLast ? { connection: 'close' } : {}),
  })
  response.end(answer.body)
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) throw new Error('expected the body as bytes')
    size += chunk.length
    // Read to its end all the same, so that the refusal reaches a client that is still sending.
    if (size <= LARGEST_BODY) chunks.push(chunk)
  }
  if (size > LARGEST_BODY) throw badParameter('body_too_large', 'body', `A body has at most ${LARGEST_BODY} bytes`)
  return Buffer.concat(chunks).toString('utf8')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own message repeats a piece of the body, which nobody should see.
    throw badParameter('body_invalid', 'body', 'Expected a body of JSON')
  }
}
