import type { HttpHandler } from '../runtime/http.ts'
import { type Attributes, describeSpan, inSpan, isTracing, isUnrecorded, type SpanOptions } from './tracing.ts'

/** The same handler, each request in a span that continues the trace of its `traceparent`; as it is where nothing is traced. */
export function traceRequests(
  handle: HttpHandler,
  attributes: Attributes = {},
  options: Pick<SpanOptions, 'isDecided'> = {},
): HttpHandler {
  if (!isTracing()) return handle
  const handleAndDescribe: HttpHandler = async (request, response) => {
    await handle(request, response)
    describeSpan({ 'http.response.status_code': response.statusCode })
  }
  return (request, response) => {
    const { method = 'GET', headers } = request
    const parent = typeof headers['traceparent'] === 'string' ? headers['traceparent'] : undefined
    const all = () => ({ 'http.request.method': method, 'url.path': '/graphql', ...attributes })
    return inSpan(`${method} /graphql`, { ...options, kind: 'server', parent, attributes: all }, () =>
      isUnrecorded() ? handle(request, response) : handleAndDescribe(request, response),
    )
  }
}
