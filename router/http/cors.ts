import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RouterOptions } from '../options/router-options.ts'

/** Which pages of other origins may read answers (https://fetch.spec.whatwg.org/#http-cors-protocol), and open sockets. */
export type Cors = {
  /** Tells the browser what the page may do; true where that was the whole answer: a preflight. */
  answer(request: IncomingMessage, response: ServerResponse): boolean
  /** Browsers ask nobody before they open a WebSocket for a page: https://www.rfc-editor.org/rfc/rfc6455#section-10.2. */
  maySocket(request: Pick<IncomingMessage, 'headers'>): boolean
}

// Beyond what every page may read.
const READABLE = 'x-request-id, retry-after'
// What a page sends is up to the graph behind: a token, a currency, a header that `headers` propagates.
const USUAL_HEADERS = 'content-type, authorization, apollo-require-preflight'
const LOOPBACK = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/

/** The {@link Cors} of these options; `isDevelopment` lets in pages of this computer where no origins are set. */
export function createCors(options: RouterOptions['cors'], { isDevelopment }: { isDevelopment: boolean }): Cors {
  const isAllowed = allowanceOf(options.origins, isDevelopment)
  return {
    answer: (request, response) => {
      const { origin } = request.headers
      const isPreflight = request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined
      // A cache between must not give one page's answer to another.
      if (options.origins !== '*') response.setHeader('vary', 'Origin')
      if (origin !== undefined && isAllowed(origin)) allow(origin, request, response, { options, isPreflight })
      if (isPreflight) response.writeHead(204).end()
      return isPreflight
    },
    maySocket: ({ headers: { origin, host } }) => origin === undefined || isSame(origin, host) || isAllowed(origin),
  }
}

function allowanceOf(origins: RouterOptions['cors']['origins'], isDevelopment: boolean): (origin: string) => boolean {
  if (origins === '*') return () => true
  if (origins === undefined) return (origin) => isDevelopment && LOOPBACK.test(origin)
  const listed = new Set(origins)
  return (origin) => listed.has(origin)
}

function allow(
  origin: string,
  request: IncomingMessage,
  response: ServerResponse,
  { options, isPreflight }: { options: RouterOptions['cors']; isPreflight: boolean },
): void {
  response.setHeader('access-control-allow-origin', options.origins === '*' ? '*' : origin)
  if (options.credentials) response.setHeader('access-control-allow-credentials', 'true')
  if (!isPreflight) return void response.setHeader('access-control-expose-headers', READABLE)
  response.setHeader('access-control-allow-methods', 'GET, POST, PUT, DELETE')
  response.setHeader('access-control-allow-headers', request.headers['access-control-request-headers'] ?? USUAL_HEADERS)
  response.setHeader('access-control-max-age', options.maxAgeS)
}

const isSame = (origin: string, host: string | undefined): boolean =>
  URL.canParse(origin) && new URL(origin).host === host
