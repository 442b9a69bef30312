import {
  type DocumentNode,
  getOperationAST,
  type GraphQLError,
  type GraphQLSchema,
  Kind,
  type SelectionSetNode,
  visit,
} from 'graphql'
import { createCache } from '../caches.ts'
import { compileSelected, conditionVariables, renamed } from '../executor/compile-projection.ts'
import type { Data } from '../executor/json-data.ts'
import type { Scope, Selected } from '../executor/projection-fields.ts'
import { isAlong, type Path } from '../executor/targets.ts'
import type { PlannedOperation } from '../planner/planned-operation.ts'
import type { Denials } from '../security/denial-error.ts'
import { deferOf, labelOf } from './defer-directive.ts'
import { createFindDeferred, type FoundDeferred } from './find-deferred.ts'
import { handOn } from './hand-on-errors.ts'

/** A part of the answer, and what is still to come in it. */
export type ProjectedPart = { data: Data | null; errors: GraphQLError[]; found: FoundDeferred[] }

/** The projection of an operation with `@defer`, for one set of conditions. */
export type DeferredProjection = {
  initial(data: Data, errors: readonly GraphQLError[], variables: Variables): ProjectedPart
  /** `errors`: those of its fetches that concern it. A null rises no higher than to the fragment. */
  later(found: FoundDeferred, errors: readonly GraphQLError[], variables: Variables): ProjectedPart
}

type Variables = Readonly<Record<string, unknown>>
type Options = {
  schema: GraphQLSchema
  /** What was planned; `client` is the same with what the viewer may not see. */
  document: DocumentNode
  client: DocumentNode
  denials: Denials | undefined
} & Pick<PlannedOperation, 'sourceKeys' | 'pathNames'>

const REMEMBERED_VARIANTS = 16

/** Gives the projection for the variables in `@skip` and `@include`, compiled at its first use. */
export function compileDeferredProjection(options: Options): (variables: Variables) => DeferredProjection {
  const conditions = conditionVariables(options.document)
  const variants = createCache<string, DeferredProjection>('deferred_projection_variants', { max: REMEMBERED_VARIANTS })
  return (variables) => {
    const key = conditions.map((name) => (variables[name] === true ? '1' : '0')).join('')
    const known = variants.get(key) ?? compileVariant(options, variables)
    variants.set(key, known)
    return known
  }
}

function compileVariant(options: Options, variables: Variables): DeferredProjection {
  const { schema, document, client, denials, sourceKeys, pathNames } = options
  const fetched = selectionsOf(schema, document)
  const scope: Scope = { schema, fragments: new Map(), variables, sourceKeys }
  const project = remembering((selected, typename) =>
    compileSelected(selected, typename, { scope, operation: fetched.operation }),
  )
  const asked = denials && selectionsOf(schema, client)
  const deniedScope: Scope = { ...scope, sourceKeys: new Map(), ...(denials && { denials }) }
  const deny = remembering((selected, typename) =>
    compileSelected(selected, typename, { scope: deniedScope, operation: fetched.operation }),
  )
  const find = createFindDeferred(scope)

  const projectAt = (label: string, typename: string, selected: Selected[], at: At): ProjectedPart => {
    const own = project(`${label} ${typename}`, selected, typename)(at.source, at.variables, at.path)
    const selection = asked?.byLabel.get(label)
    if (own.data === null) return { data: null, errors: explained(own, at.errors), found: [] }
    const type = selected[0]?.type ?? typename
    const shown =
      selection === undefined
        ? own
        : deny(`${label} ${typename}`, [{ selectionSet: selection, type }], typename)(own.data, at.variables, at.path)
    const told = explained(own, at.errors)
    const denied = shown === own ? [] : shown.errors
    if (shown.data === null) return { data: null, errors: [...told, ...denied], found: [] }
    const part = { ...at, shown: shown.data, typename }
    const { errors, found } = handOn(told, part, find(selected, part), scope)
    return { data: shown.data, errors: [...errors, ...denied], found }
  }
  const named = (errors: readonly GraphQLError[]) => errors.map((error) => renamed(error, pathNames))
  const root = [{ selectionSet: fetched.operation.selectionSet, type: fetched.root }]
  const selectedBy = new Map<string, Selected[]>()
  return {
    initial: (source, errors, values) =>
      projectAt(ROOT, fetched.root, root, { source, errors: named(errors), variables: values, path: [] }),
    later: ({ fragment, path, source, typename: before, errors: known }, fresh, values) => {
      // The fetches of the fragment may have told which type an interface object is.
      const { __typename: said } = source
      const typename = typeof said === 'string' ? said : before
      const errors = [...known, ...named(fresh)]
      // The same list for the same fragment: what it holds is remembered by it.
      const selected = selectedBy.get(fragment.label) ?? [fragment]
      selectedBy.set(fragment.label, selected)
      return projectAt(fragment.label, typename, selected, { source, errors, variables: values, path })
    },
  }
}

type At = { source: Data; errors: readonly GraphQLError[]; variables: Variables; path: Path }
type Compiled = ReturnType<typeof compileSelected>

const ROOT = ''

function remembering(compile: (selected: readonly Selected[], typename: string) => Compiled) {
  const known = new Map<string, Compiled>()
  return (key: string, selected: readonly Selected[], typename: string): Compiled => {
    const compiled = known.get(key) ?? compile(selected, typename)
    known.set(key, compiled)
    return compiled
  }
}

/** The selections of an operation and of its deferred fragments, by label. Its fragments are written out. */
function selectionsOf(schema: GraphQLSchema, document: DocumentNode) {
  const operation = getOperationAST(document)
  const root = operation && schema.getRootType(operation.operation)
  if (!operation || !root) throw new Error('expected a document of one operation that the schema has')
  const byLabel = new Map<string, SelectionSetNode>([[ROOT, operation.selectionSet]])
  visit(document, {
    [Kind.INLINE_FRAGMENT]: ({ directives, selectionSet }) => {
      const defer = deferOf(directives)
      if (defer !== undefined) byLabel.set(labelOf(defer) ?? '', selectionSet)
    },
  })
  return { operation, root: root.name, byLabel }
}

/** A null that a fetch explained already is not explained again where it rises to. */
const explained = (own: { errors: GraphQLError[] }, fetched: readonly GraphQLError[]): GraphQLError[] => [
  ...fetched,
  ...own.errors.filter(({ path }) => !fetched.some((error) => isAlong(error.path, path))),
]
