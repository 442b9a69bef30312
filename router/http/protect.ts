import type { IncomingMessage, ServerResponse } from 'node:http'
import type { HttpHandler } from '#platform/runtime/http.ts'
import { NOT_KEPT } from '../headers/cache-control.ts'
import type { RouterOptions } from '../options/router-options.ts'
import type { Cors } from './cors.ts'

const GRAPH = /^\/graphql(?:[/?]|$)/
// An answer is no page: nothing in it is to be run or shown, whatever a browser takes it for. Pages set a policy of their own.
const NO_PAGE = "default-src 'none'; frame-ancestors 'none'"

/**
 * The same handler, whose answers tell browsers and caches what they must not do, and pages of other origins what they may.
 * A handler that knows better says so itself.
 */
export const protect =
  (handle: HttpHandler, { security, cors }: { security: RouterOptions['security']; cors: Cors }): HttpHandler =>
  (request, response) => {
    response.setHeader('x-content-type-options', 'nosniff')
    response.setHeader('referrer-policy', 'no-referrer')
    response.setHeader('content-security-policy', NO_PAGE)
    response.setHeader('cache-control', NOT_KEPT)
    if (security.hstsMaxAgeS > 0) transportSecurity(request, response, security.hstsMaxAgeS)
    if (GRAPH.test(request.url ?? '') && cors.answer(request, response)) return undefined
    return handle(request, response)
  }

/** Whoever lies about the scheme is told so for themselves: browsers ignore the header over plain HTTP. */
function transportSecurity({ headers }: IncomingMessage, response: ServerResponse, maxAgeS: number): void {
  if (headers['x-forwarded-proto'] === 'https') response.setHeader('strict-transport-security', `max-age=${maxAgeS}`)
}
