import {
  executeSync,
  type ExecutionResult,
  type FormattedExecutionResult,
  getNamedType,
  type GraphQLSchema,
  parse,
} from 'graphql'
import { ITEM, ROOT } from './graph.ts'
import { GUARDS, type Role } from './roles.ts'

/** Whether a name may be asked for: what begins with p_ or P_ is guarded by what its name ends with. */
export function isOpenTo(name: string, role: Role): boolean {
  const guard = /^[pP]_\w*?_?([A-Z][A-Za-z]+)$/.exec(name)?.[1]
  return guard === undefined || GUARDS.some(({ name: known, lets }) => known === guard && lets(role))
}

/**
 * What the answer has to be: the operation over all values at once, where every forbidden place fails. A field is
 * forbidden by its name, its type's, or the name that the document gives it; an object of several types by its own.
 */
export function expectedAnswer(schema: GraphQLSchema, document: string, role: Role): ExecutionResult {
  const forbid = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(forbid)
    const typename = (value as { __typename?: string } | null)?.__typename ?? ''
    return isOpenTo(typename, role) ? value : new Error('forbidden')
  }
  return executeSync({
    schema,
    document: parse(document),
    rootValue: {},
    typeResolver: (value) => (value as { __typename: string }).__typename,
    fieldResolver: (source: Record<string, unknown>, _args, _context, { fieldName, parentType, returnType, path }) => {
      const ofOne = parentType.name.startsWith('MixedOne_') ? `p_${fieldName}` : ''
      const names = [fieldName, getNamedType(returnType).name, parentType.name, String(path.key), ofOne]
      if (!names.every((name) => isOpenTo(name, role))) throw new Error('forbidden')
      const values = ['Query', 'Mutation', 'Subscription'].includes(parentType.name) ? ROOT : source
      return forbid(parentType.name === 'Item' ? ITEM[fieldName] : values[fieldName])
    },
  })
}

/** Data and the places of errors, to compare. Of several below one null, which is reported is not the specification's business. */
export const comparable = ({ data, errors }: FormattedExecutionResult | ExecutionResult) => ({
  data: JSON.parse(JSON.stringify(data ?? null)) as unknown,
  places: (errors ?? []).map(({ path }) => path?.join('.')).toSorted(),
})
