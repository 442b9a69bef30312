import type { ExecutionResult, GraphQLFormattedError } from 'graphql'

/** A call that was not made, so that a subgraph in trouble is left alone: nothing of it was done. */
export class SubgraphUnavailableError extends Error {
  override name = 'SubgraphUnavailableError'
  readonly retryAfterMs: number

  constructor(message: string, retryAfterMs: number) {
    super(message)
    this.retryAfterMs = retryAfterMs
  }
}

const CODE = 'SUBGRAPH_UNAVAILABLE'

/** What a client reads of it; `retryAfterSeconds` in whole seconds, as `Retry-After` has them. */
export const unavailableError = (
  { retryAfterMs }: SubgraphUnavailableError,
  serviceName: string,
): Pick<GraphQLFormattedError, 'message' | 'extensions'> => ({
  message: `the ${serviceName} subgraph is not asked for now: try again later`,
  extensions: { code: CODE, serviceName, retryAfterSeconds: Math.max(1, Math.ceil(retryAfterMs / 1_000)) },
})

/**
 * After how many seconds a client may ask again, where nothing at all could be served since no subgraph was asked;
 * undefined where there is something in the answer, or another error.
 */
export function retryAfterOf({ data, errors }: Pick<ExecutionResult, 'data' | 'errors'>): number | undefined {
  if (errors === undefined || errors.length === 0) return undefined
  if (!errors.every(({ extensions }) => extensions['code'] === CODE)) return undefined
  if (data !== null && data !== undefined && !Object.values(data).every(isNothing)) return undefined
  return Math.max(...errors.map(({ extensions }) => Number(extensions['retryAfterSeconds'])))
}

const isNothing = (value: unknown): boolean => value === null || value === undefined
