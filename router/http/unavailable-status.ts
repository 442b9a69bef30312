import type { ApolloServerPlugin } from '@apollo/server'
import type { RequestContext } from '../request-context.ts'
import { retryAfterOf } from '../resilience/unavailable.ts'

/**
 * 503 and `Retry-After` where every subgraph that an operation needs is left alone for now, so that clients and proxies
 * know without reading the answer. One that found anything is 200, as GraphQL has it.
 */
export const unavailableStatus: ApolloServerPlugin<RequestContext> = {
  requestDidStart: async () => ({
    willSendResponse: async ({ response, errors }) => {
      if (errors === undefined || response.body.kind !== 'single') return
      const retryAfter = retryAfterOf({ data: response.body.singleResult.data ?? null, errors })
      if (retryAfter === undefined) return
      response.http.status = 503
      response.http.headers.set('retry-after', String(retryAfter))
    },
  }),
}
