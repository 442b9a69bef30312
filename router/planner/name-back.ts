import type { ExecutionResult } from 'graphql'
import { GraphQLError } from 'graphql'
import type { PlannedOperation } from './planned-operation.ts'

type Names = ReadonlyMap<string, string>
type Request = { variables?: Record<string, unknown> }

/** The answer to a planned operation under the client's own names, in error paths too. The names are unlike all others. */
export function nameBack({ sourceKeys, pathNames }: PlannedOperation, result: ExecutionResult): ExecutionResult {
  if (pathNames.size === 0) return result
  const { data, errors, ...rest } = result
  const named = sourceKeys.size === 0 ? data : (nameKeysBack(data, pathNames) as typeof data)
  return {
    ...rest,
    ...(data !== undefined && { data: named }),
    ...(errors && { errors: errors.map((error) => namePathBack(error, pathNames)) }),
  }
}

/** An error with the path that a client knows. */
export const namePathBack = (error: GraphQLError, names: Names): GraphQLError =>
  error.path?.some((key) => names.has(String(key)))
    ? new GraphQLError(error.message, {
        path: error.path.map((key) => names.get(String(key)) ?? key),
        extensions: error.extensions,
        originalError: error.originalError,
      })
    : error

/** A request to a subgraph whose representations carry what `@requires` reads by the names that the subgraph knows. */
export function nameRepresentationsBack<Given extends Request>(request: Given, names: Names): Given {
  const representations = request.variables?.['representations']
  if (representations === undefined) return request
  return { ...request, variables: { ...request.variables, representations: nameKeysBack(representations, names) } }
}

function nameKeysBack(value: unknown, names: Names): unknown {
  if (Array.isArray(value)) return value.map((item) => nameKeysBack(item, names))
  if (typeof value !== 'object' || value === null) return value
  const named: Record<string, unknown> = {}
  for (const [key, inner] of Object.entries(value)) {
    // A key that was renamed before is left behind as undefined.
    if (inner !== undefined) named[names.get(key) ?? key] = nameKeysBack(inner, names)
  }
  return named
}
