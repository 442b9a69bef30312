import type { ApolloServerPlugin } from '@apollo/server'
import type { HttpHandler } from '#platform/runtime/http.ts'
import type { Metrics } from '#platform/runtime/metrics.ts'
import { countOperations } from '../operations/measured-operations.ts'
import type { RequestContext } from '../request-context.ts'

/** The same handler, its answers counted by status, and those under way. */
export function countRequests(handle: HttpHandler, metrics: Metrics): HttpHandler {
  const count = metrics.tally({
    name: 'agora_router_http_requests_total',
    help: 'HTTP requests to /graphql by the status of their answer; aborted where the client left before its end',
    labels: ['status'],
  })
  const inFlight = metrics.gauge({
    name: 'agora_router_http_requests_in_flight',
    help: 'HTTP requests to /graphql that are under way, streams included',
  })
  let underWay = 0
  metrics.onRead(() => inFlight.set(underWay))
  return (request, response) => {
    underWay += 1
    response.once('close', () => {
      underWay -= 1
      count(response.writableFinished ? String(response.statusCode) : 'aborted')
    })
    return handle(request, response)
  }
}

/** Counts what never becomes an operation: documents that can't be parsed, are invalid, or not known. */
export function countRefusedDocuments(metrics: Metrics): ApolloServerPlugin<RequestContext> {
  const count = countOperations(metrics)
  return {
    requestDidStart: async () => ({
      didEncounterErrors: async ({ operation, errors: [error] }) => {
        if (operation === undefined) count('unknown', String(error?.extensions['code']))
      },
    }),
  }
}
