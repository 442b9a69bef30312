import { GraphQLError, type GraphQLFormattedError } from 'graphql'
import { CallerError, ERROR_CODES } from '../kernel/errors.ts'
import { newId } from '../kernel/ids.ts'
import type { Logger } from '../runtime/logger.ts'
import { NeighbourError } from './neighbours.ts'

// Apollo's own codes for requests that never reached a resolver.
const PROTOCOL_CODES = [
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_REQUEST',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
]
const OPEN_CODES = new Set<unknown>(
  [...ERROR_CODES, ...PROTOCOL_CODES].filter((code) => code !== 'INTERNAL_SERVER_ERROR'),
)

const OUTAGE = ['a part of the shop does not answer right now', 'DOWNSTREAM_SERVICE_ERROR'] as const
const FAULT = ['something went wrong on our side', 'INTERNAL_SERVER_ERROR'] as const

/** A {@link CallerError} as GraphQL has it. */
export const toGraphQLError = (error: CallerError, status?: number): GraphQLError =>
  new GraphQLError(error.message, {
    originalError: error,
    extensions: { code: error.code, ...(error.field && { field: error.field }), ...(status && { http: { status } }) },
  })

/**
 * What a client sees of an error: the caller's own faults as they are; everything else is masked, logged once with its
 * cause, and named by an `errorId` that both sides can quote. `protocolCode` is the code of an
 * error of parsing, validation or coercion that carries none of its own.
 */
export function formatError(
  error: unknown,
  log: Logger,
  protocolCode = 'GRAPHQL_VALIDATION_FAILED',
): GraphQLFormattedError {
  const wrapped =
    error instanceof GraphQLError ? error : new GraphQLError('unexpected', { originalError: error as Error })
  const cause = causeOf(wrapped)
  const at = { ...(wrapped.locations && { locations: wrapped.locations }), ...(wrapped.path && { path: wrapped.path }) }
  if (cause instanceof CallerError) return { message: cause.message, ...at, extensions: extensionsOf(cause) }
  if (cause instanceof GraphQLError && isOpen(wrapped, cause)) {
    return { message: wrapped.message, ...at, extensions: { code: cause.extensions.code ?? protocolCode } }
  }
  const errorId = newId()
  log.error({ err: cause, errorId, path: wrapped.path?.join('.') }, 'a request failed')
  const [message, code] = cause instanceof NeighbourError ? OUTAGE : FAULT
  return { message, ...at, extensions: { code, errorId } }
}

const extensionsOf = (error: CallerError) => ({ code: error.code, ...(error.field && { field: error.field }) })

/** What is wrong with the request itself has no path; what graphql-js throws at one, a bad leaf say, is our own fault. */
const isOpen = (error: GraphQLError, cause: GraphQLError): boolean =>
  cause.extensions.code === undefined ? error.path === undefined : OPEN_CODES.has(cause.extensions.code)

function causeOf(error: GraphQLError): unknown {
  let cause: unknown = error
  while (cause instanceof GraphQLError && cause.originalError !== undefined && cause.originalError !== cause)
    cause = cause.originalError
  return cause
}
