import { GraphQLError, type GraphQLFormattedError } from 'graphql'
import { z } from 'zod'
import { CallerError, ERROR_CODES } from '#platform/kernel/errors.ts'
import { newId } from '#platform/kernel/ids.ts'
import type { Logger } from '#platform/runtime/logger.ts'

// Codes for requests, or parts of them, that never reached a subgraph; most are Apollo's own.
const PROTOCOL_CODES = [
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_REQUEST',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'PERSISTED_QUERY_NOT_IN_LIST',
  'QUERY_NOT_IN_SAFELIST',
  'QUERY_PLANNING_FAILED',
  'SUBSCRIPTION_SCHEMA_RELOAD',
  'SUBSCRIPTION_LIMIT_REACHED',
  'SUBSCRIPTION_GOING_AWAY',
  'OPERATION_TOO_COMPLEX',
  'OPERATION_TOO_COSTLY',
  'OVERLOADED',
  'SUBGRAPH_UNAVAILABLE',
]
/** Every code that a client can get; docs/errors.md explains each. */
export const OPEN_CODES: ReadonlySet<unknown> = new Set([...ERROR_CODES, ...PROTOCOL_CODES])

// Which bound a refused operation exceeds, what it is, what came, and when to ask again.
const LIMIT_EXTENSIONS = ['limit', 'maximum', 'actual', 'retryAfterSeconds'] as const

/** Whatever a subgraph or a library puts into `extensions` beside these stays here: addresses, stacks, answers of others. */
const OPEN_EXTENSIONS = ['code', 'errorId', 'field', 'serviceName', ...LIMIT_EXTENSIONS] as const

const NAME_THEIR_SUBGRAPH: ReadonlySet<unknown> = new Set(['DOWNSTREAM_SERVICE_ERROR', 'SUBGRAPH_UNAVAILABLE'])

/** Where a fault is written down. */
export type FaultLog = { log: Logger; requestId?: string }

/**
 * What a client sees of `errors`: codes of the closed list with their message and path. Everything else is masked,
 * logged once with its cause, and named by an `errorId` that both sides can quote.
 */
export const maskErrors = (errors: readonly GraphQLFormattedError[], at: FaultLog): GraphQLError[] =>
  errors.map((error) => maskError(error, at))

/** An error as a subgraph reports it. */
export const subgraphErrorSchema = z.looseObject({
  message: z.string(),
  path: z.array(z.union([z.string(), z.number()])).optional(),
  extensions: z.record(z.string(), z.unknown()).optional(),
})

/** The same for errors as a subgraph sent them, before the executor gives them codes and paths. */
export const maskSubgraphErrors = (
  errors: readonly GraphQLFormattedError[],
  serviceName: string,
  at: FaultLog,
): GraphQLFormattedError[] =>
  errors.map((error) => maskError({ ...error, extensions: { ...error.extensions, serviceName } }, at).toJSON())

/** One of {@link maskErrors}. */
export function maskError(error: GraphQLFormattedError | CallerError, at: FaultLog): GraphQLError {
  if (error instanceof CallerError) return toGraphQLError(error)
  const code = error.extensions?.['code']
  const isKnown = OPEN_CODES.has(code)
  const isMasked = error.extensions?.['errorId'] !== undefined
  if (isKnown && (code !== 'INTERNAL_SERVER_ERROR' || isMasked))
    return copy(error, error.message, openExtensions(error))
  const errorId = newId()
  at.log.error(
    { err: causeOf(error), errorId, requestId: at.requestId, path: error.path?.join('.') },
    'an operation failed',
  )
  const isSubgraphs = error.extensions?.['serviceName'] !== undefined
  return isSubgraphs
    ? copy(error, 'a part of the graph failed', { code: isKnown ? code : 'DOWNSTREAM_SERVICE_ERROR', errorId })
    : copy(error, 'something went wrong on our side', { code: 'INTERNAL_SERVER_ERROR', errorId })
}

/** Apollo Server's `formatError`: what comes from the executor was masked there, with its request's id. */
export function formatError(formatted: GraphQLFormattedError, thrown: unknown, log: Logger): GraphQLFormattedError {
  const cause = thrown instanceof GraphQLError ? thrown.originalError : undefined
  if (cause instanceof CallerError) return { ...formatted, message: cause.message, extensions: extensionsOf(cause) }
  const code = formatted.extensions?.['code']
  const isMasked = formatted.extensions?.['errorId'] !== undefined
  if (isMasked || (OPEN_CODES.has(code) && code !== 'INTERNAL_SERVER_ERROR'))
    return { ...formatted, extensions: openExtensions(formatted) }
  return maskError(
    thrown instanceof GraphQLError ? thrown : new GraphQLError('unexpected', { originalError: thrown as Error }),
    { log },
  ).toJSON()
}

/** A {@link CallerError} as GraphQL has it; `status` is the HTTP status to answer with. */
export const toGraphQLError = (error: CallerError, status?: number): GraphQLError =>
  new GraphQLError(error.message, {
    originalError: error,
    extensions: { ...extensionsOf(error), ...(status !== undefined && { http: { status } }) },
  })

const extensionsOf = (error: CallerError) => ({
  code: error.code,
  ...(error.field !== undefined && { field: error.field }),
})

function openExtensions(error: GraphQLFormattedError): Record<string, unknown> {
  const extensions = error.extensions ?? {}
  // The name of a subgraph helps where it failed; where the caller is at fault it says nothing.
  const names = OPEN_EXTENSIONS.filter((name) => name !== 'serviceName' || NAME_THEIR_SUBGRAPH.has(extensions['code']))
  return Object.fromEntries(
    names.filter((name) => extensions[name] !== undefined).map((name) => [name, extensions[name]]),
  )
}

const copy = (error: GraphQLFormattedError, message: string, extensions: Record<string, unknown>): GraphQLError =>
  new GraphQLError(message, { ...(error.path && { path: error.path }), extensions })

const causeOf = (error: GraphQLFormattedError): unknown =>
  error instanceof GraphQLError
    ? (error.originalError ?? error)
    : { message: error.message, extensions: error.extensions }
