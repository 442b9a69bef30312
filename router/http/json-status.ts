import type { ApolloServerPlugin } from '@apollo/server'
import type { RequestContext } from '../request-context.ts'

// A well-formed request whose operation can't be executed.
const OPERATION_ERRORS: ReadonlySet<unknown> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_USER_INPUT',
  'OPERATION_TOO_COMPLEX',
  'OPERATION_TOO_COSTLY',
])

/**
 * Whoever asks for `application/json` by name gets 200 for an operation that can't be executed, as a 400 of that type may
 * be any proxy's: https://graphql.github.io/graphql-over-http/draft/#sec-application-json.
 */
export const jsonStatus: ApolloServerPlugin<RequestContext> = {
  requestDidStart: async () => ({
    willSendResponse: async ({ request, response, errors = [] }) => {
      if (response.http.status !== 400 || !wantsJson(request.http?.headers.get('accept') ?? '')) return
      if (errors.every(({ extensions }) => OPERATION_ERRORS.has(extensions['code']))) response.http.status = 200
    },
  }),
}

const wantsJson = (accept: string): boolean =>
  accept.includes('application/json') && !accept.includes('application/graphql-response+json')
