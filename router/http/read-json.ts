import type { IncomingMessage } from 'node:http'

/** What came as a body: JSON, or why it is not taken, with the HTTP status that says so. */
export type Body = { json: unknown } | { refusal: { status: number; message: string } }

const peeked = new WeakMap<IncomingMessage, Promise<Body>>()

/** Reads a request's JSON to decide who answers it: {@link readJson} gives the same again. */
export function peekJson(request: IncomingMessage, limitBytes: number): Promise<Body> {
  const body = peeked.get(request) ?? readJson(request, limitBytes)
  peeked.set(request, body)
  return body
}

/** Reads a request's JSON. What is longer than `limitBytes` is not kept, but read to its end, so that the answer arrives. */
export async function readJson(request: IncomingMessage, limitBytes: number): Promise<Body> {
  const known = peeked.get(request)
  if (known !== undefined) return known
  if (request.method === 'GET' || request.method === 'HEAD') return { json: undefined }
  const text = await readText(request, limitBytes)
  if (text === undefined)
    return { refusal: { status: 413, message: `body: expected at most ${limitBytes} bytes, got more` } }
  if (text === '' || !(request.headers['content-type'] ?? '').includes('json')) return { json: undefined }
  try {
    return { json: JSON.parse(text) }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return { refusal: { status: 400, message: `body: expected JSON: ${error.message}` } }
  }
}

// By events: to iterate over the request costs 4 % of a small query's CPU more.
function readText(request: IncomingMessage, limitBytes: number): Promise<string | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<string | undefined>()
  const chunks: Buffer[] = []
  let bytes = 0
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes <= limitBytes) chunks.push(chunk)
  })
  request.once('end', () => resolve(bytes <= limitBytes ? textOf(chunks) : undefined))
  request.once('error', reject)
  return promise
}

const textOf = (chunks: readonly Buffer[]): string =>
  (chunks.length === 1 ? chunks[0] : Buffer.concat(chunks))?.toString('utf8') ?? ''
