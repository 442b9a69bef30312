import {
  type DocumentNode,
  type ExecutionResult,
  executeSync,
  type GraphQLFieldResolver,
  GraphQLError,
  type GraphQLSchema,
} from 'graphql'
import { denialError } from '../security/denial-error.ts'
import type { FilteredOperation } from '../security/filter-operation.ts'

type Operation = {
  document: DocumentNode
  operationName: string | undefined
  variables: Readonly<Record<string, unknown>>
}

/**
 * The answer to the client's own operation, made of the answer to the filtered one: null and an error with its concrete
 * path wherever something was denied, nulls propagated as the specification has it (graphql-js does the walking).
 */
export function project(
  schema: GraphQLSchema,
  operation: Operation,
  filtered: FilteredOperation,
  result: ExecutionResult,
): ExecutionResult {
  if (!filtered.hasDenials || result.data === null || result.data === undefined) return result
  const projected = executeSync({
    schema,
    document: operation.document,
    operationName: operation.operationName ?? null,
    variableValues: operation.variables,
    rootValue: result.data,
    fieldResolver: resolverFor(filtered),
    typeResolver: (value) => (value as { __typename?: string }).__typename,
  })
  const errors = [...(result.errors ?? []), ...(projected.errors ?? []).map(withoutSource)]
  return { data: projected.data ?? null, ...(errors.length > 0 && { errors }) }
}

type Source = Readonly<Record<string, unknown>>

function resolverFor({ denied, deniedTypes }: FilteredOperation): GraphQLFieldResolver<Source, unknown> {
  const checked = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(checked)
    const typename = (value as { __typename?: string } | null | undefined)?.__typename ?? ''
    const requirement = deniedTypes.get(typename)
    // An error as a list's element becomes null at that index, with its path.
    return requirement === undefined ? value : denialError({ coordinate: typename, requirement })
  }
  return (source, _args, _context, { fieldNodes, path }) => {
    for (const node of fieldNodes) {
      const denial = denied.get(node)
      if (denial !== undefined) throw denialError(denial)
    }
    const value = source[path.key]
    return deniedTypes.size === 0 ? value : checked(value)
  }
}

/** Locations would be those of the document as it was parsed; other errors of an answer have none either. */
const withoutSource = (error: GraphQLError): GraphQLError =>
  new GraphQLError(error.message, {
    path: error.path,
    extensions: { code: 'DOWNSTREAM_SERVICE_ERROR', ...error.extensions },
  })
