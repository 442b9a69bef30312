import {
  type DocumentNode,
  type ExecutionResult,
  getOperationAST,
  GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
  visit,
} from 'graphql'
import { createCache } from '../caches.ts'
import type { PlannedOperation } from '../planner/planned-operation.ts'
import type { Denials } from '../security/denial-error.ts'
import { compileIntrospection } from './introspection.ts'
import type { Data } from './json-data.ts'
import { compileRoot } from './projection.ts'
import { collectFields, fragmentsOf, type Scope, type Selected } from './projection-fields.ts'
import { isAlong, type Path } from './targets.ts'

/** Makes the client's answer of the data and errors of the fetches. */
export type Project = (
  fetched: { data: Data; errors: readonly GraphQLError[] },
  variables: Variables,
) => ExecutionResult

type Variables = Readonly<Record<string, unknown>>
type Options = {
  schema: GraphQLSchema
  document: DocumentNode
  operationName: string | undefined
  denials?: Denials
} & Pick<PlannedOperation, 'sourceKeys' | 'pathNames'>

// Each set of values of the variables in @skip and @include has a projection of its own; a client uses few.
const REMEMBERED_VARIANTS = 16

/** The projection of an operation, compiled at its first use. */
export function compileProjection(options: Options): Project {
  const operation = getOperationAST(options.document, options.operationName)
  if (!operation) throw new Error('expected an operation of the document')
  const conditions = conditionVariables(options.document)
  const variants = createCache<string, Projection>('projection_variants', { max: REMEMBERED_VARIANTS })
  return ({ data, errors }, variables) => {
    const key = conditions.map((name) => (variables[name] === true ? '1' : '0')).join('')
    const project = variants.get(key) ?? compileVariant(options, operation, variables)
    variants.set(key, project)
    return withErrors(
      project(data, variables),
      errors.map((error) => renamed(error, options.pathNames)),
    )
  }
}

type Projected = { data: Data | null; errors: GraphQLError[] }
type Projection = (data: Data, variables: Variables) => Projected

function compileVariant(
  { schema, document, sourceKeys, denials }: Options,
  operation: OperationDefinitionNode,
  variables: Variables,
): Projection {
  const type = schema.getRootType(operation.operation)
  if (!type) throw new Error(`expected a schema with a root type for a ${operation.operation}`)
  const scope = { schema, fragments: fragmentsOf(document), variables, sourceKeys, ...(denials && { denials }) }
  const project = compileSelected([{ selectionSet: operation.selectionSet, type: type.name }], type.name, {
    scope,
    operation,
  })
  return (data, values) => project(data, values, [])
}

/** The projection of selections of an object of the type `typename`, wherever in the answer: nulls rise no higher. */
export function compileSelected(
  selected: readonly Selected[],
  typename: string,
  { scope, operation }: { scope: Scope; operation: OperationDefinitionNode },
): (data: Data, variables: Variables, path: Path) => Projected {
  const introspected = collectFields(selected, typename, scope).filter((field) => field.type === undefined)
  const introspect = compileIntrospection(
    scope.schema,
    introspected.flatMap(({ nodes }) => nodes),
    operation,
    scope.fragments,
  )
  const project = compileRoot(selected, typename, scope)
  return (data, variables, path) => {
    const at = { path: [...path], errors: [], introspection: introspect(variables) }
    return { data: project(data, at), errors: at.errors }
  }
}

/** A null that a fetch explained already is not explained again where it rises to. */
function withErrors({ data, errors }: Projected, fetched: readonly GraphQLError[]): ExecutionResult {
  if (errors.length === 0) return fetched.length === 0 ? { data } : { data, errors: fetched }
  const violations = errors.filter(({ path }) => !fetched.some((error) => isAlong(error.path, path)))
  const all = [...fetched, ...violations]
  return all.length === 0 ? { data } : { data, errors: all }
}

/** An error with the path that a client knows. */
export function renamed(error: GraphQLError, names: ReadonlyMap<string, string>): GraphQLError {
  const { message, path, extensions } = error
  if (names.size === 0 || path === undefined) return error
  return new GraphQLError(message, { path: path.map((key) => names.get(String(key)) ?? key), extensions })
}

/** The variables that decide which fields an operation has. */
export function conditionVariables(document: DocumentNode): string[] {
  const names = new Set<string>()
  visit(document, {
    Directive: ({ name, arguments: given = [] }) => {
      if (name.value !== 'skip' && name.value !== 'include') return
      for (const { value } of given) if (value.kind === 'Variable') names.add(value.name.value)
    },
  })
  return [...names]
}
