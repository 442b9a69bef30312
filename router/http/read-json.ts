import type { IncomingMessage } from 'node:http'

/** What came as a body: JSON, or why it is not taken, with the HTTP status that says so. */
export type Body = { json: unknown } | { refusal: { status: number; message: string } }

// Enough for a long document with hundreds of variables; small enough that nobody fills the memory with one request.
const LIMIT_BYTES = 1_000_000

/** Reads a request's JSON. What is longer than one megabyte is not kept, but read to its end, so that the answer arrives. */
export async function readJson(request: IncomingMessage): Promise<Body> {
  if (request.method === 'GET' || request.method === 'HEAD') return { json: undefined }
  const text = await readText(request)
  if (text === undefined) return { refusal: { status: 413, message: `body: expected at most ${LIMIT_BYTES} bytes` } }
  if (text === '' || !(request.headers['content-type'] ?? '').includes('json')) return { json: undefined }
  try {
    return { json: JSON.parse(text) }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return { refusal: { status: 400, message: `body: expected JSON: ${error.message}` } }
  }
}

async function readText(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes <= LIMIT_BYTES) chunks.push(chunk)
  }
  return bytes <= LIMIT_BYTES ? Buffer.concat(chunks).toString('utf8') : undefined
}
