import type { HttpHandler } from '#platform/runtime/http.ts'

// Beside what every answer of the router says: foreign pages get no hold of it.
const ALWAYS = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

/** Answers GET and HEAD with `body`, anything else with 405. Without a `cache-control` of its own it is asked for each time. */
export const answerPage =
  (body: string | Buffer, headers: Record<string, string>): HttpHandler =>
  (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return void response.writeHead(405, { allow: 'GET, HEAD' }).end()
    response.writeHead(200, {
      'cache-control': 'no-cache',
      ...ALWAYS,
      ...headers,
      'content-length': Buffer.byteLength(body),
    })
    response.end(request.method === 'HEAD' ? undefined : body)
  }
