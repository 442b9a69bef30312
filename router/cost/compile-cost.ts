import {
  type DocumentNode,
  type FragmentDefinitionNode,
  getNamedType,
  getOperationAST,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  type SelectionSetNode,
} from 'graphql'
import { fragmentsOf } from '../executor/projection-fields.ts'
import { limitError } from '../limits/limit-errors.ts'
import { argumentsCost } from './argument-cost.ts'
import { type Collected, collectCosted, type Part } from './collect-costed.ts'
import type { CostRules } from './cost-rules.ts'
import { countOf, listSizeOf } from './list-size.ts'
import { combine, maxOf, onlyIf, sumOf, type Term } from './terms.ts'

/** What selections of a type cost, by the type that an object may have. */
export type CostedSelections = {
  /** At most, with the weight of the object itself, and without. */
  readonly whole: Term<number>
  readonly inside: Term<number>
  readonly byType: ReadonlyMap<string, CostedType>
}

/** An object of one type: its own weight, and its fields. */
export type CostedType = { readonly weight: number; readonly fields: readonly CostedField[] }

/** One key of an answer. */
export type CostedField = {
  readonly key: string
  readonly included: Term<boolean>
  /** Of the value, or of each one in a list; undefined where that is the weight of the object's type. */
  readonly weight: number | undefined
  /** Once, however many values come. */
  readonly once: Term<number>
  readonly inner: CostedSelections | undefined
  readonly estimate: Term<number>
}

/** The sizes that a field gives to the lists right below it. */
type Sized = { readonly fields: ReadonlySet<string>; readonly size: Term<number | undefined> }

type Scope = {
  schema: GraphQLSchema
  rules: CostRules
  assumedListSize: number
  fragments: ReadonlyMap<string, FragmentDefinitionNode>
  known: Map<string, CostedSelections>
  ids: Map<SelectionSetNode, number>
  left: number
}

// What Apollo Router counts for a mutation itself.
const MUTATION = 10
// It takes the router as long as a page of a list takes all others, but no subgraph.
const INTROSPECTION = 100
// Fields times the types that their objects may have: beyond this the estimate itself takes tens of milliseconds.
const MOST_FIELDS = 50_000

/** The cost of an operation of a validated document. Throws OPERATION_TOO_COMPLEX where that is too much to be estimated. */
export function compileCost(
  options: { schema: GraphQLSchema; rules: CostRules; assumedListSize: number },
  document: DocumentNode,
  operationName: string | undefined,
): { base: number; selections: CostedSelections } {
  const operation = getOperationAST(document, operationName)
  const root = operation && options.schema.getRootType(operation.operation)
  if (!root) throw new Error('expected an operation of the document, of a root type of the schema')
  const scope = { ...options, fragments: fragmentsOf(document), known: new Map(), ids: new Map(), left: MOST_FIELDS }
  const selections = compileSelections(
    [{ selectionSet: operation.selectionSet, included: true }],
    root,
    undefined,
    scope,
  )
  return { base: operation.operation === 'mutation' ? MUTATION : 0, selections }
}

/** The same selections in another place are compiled once, so that fragments that double at each level cost nothing. */
function compileSelections(
  parts: readonly Part[],
  type: GraphQLCompositeType,
  sized: Sized | undefined,
  scope: Scope,
): CostedSelections {
  const isPlain = sized === undefined && parts.every(({ included }) => included === true)
  const key = isPlain ? `${type.name} ${parts.map(({ selectionSet }) => idOf(selectionSet, scope)).join()}` : ''
  const known = scope.known.get(key)
  if (known !== undefined) return known
  const types = isAbstractType(type) ? scope.schema.getPossibleTypes(type) : [type]
  const costed = types.map((possible): [string, CostedType] => [
    possible.name,
    { weight: scope.rules.weights.get(possible.name) ?? 1, fields: compileFields(parts, possible, sized, scope) },
  ])
  const inside = costed.map(([, { fields }]) => sumOf(fields.map(({ estimate }) => estimate)))
  const whole = costed.map(([, { weight }], index) => sumOf([weight, inside[index] ?? 0]))
  const compiled = { whole: maxOf(whole), inside: maxOf(inside), byType: new Map(costed) }
  if (isPlain) scope.known.set(key, compiled)
  return compiled
}

function idOf(selectionSet: SelectionSetNode, { ids }: Scope): number {
  const id = ids.get(selectionSet) ?? ids.size
  ids.set(selectionSet, id)
  return id
}

function compileFields(
  parts: readonly Part[],
  type: GraphQLObjectType,
  sized: Sized | undefined,
  scope: Scope,
): CostedField[] {
  return [...collectCosted(parts, type.name, scope)].flatMap(([key, collected]) => {
    scope.left -= 1
    if (scope.left < 0) throw tooComplex()
    return compileField(key, collected, { type, sized }, scope) ?? []
  })
}

function compileField(
  key: string,
  { node, included, inner }: Collected,
  parent: { type: GraphQLObjectType; sized: Sized | undefined },
  scope: Scope,
): CostedField | undefined {
  const name = node.name.value
  const field = parent.type.getFields()[name]
  if (field === undefined) return name === '__schema' || name === '__type' ? introspection(key, included) : undefined
  const coordinate = `${parent.type.name}.${name}`
  const type = getNamedType(field.type)
  const rule = scope.rules.listSizes.get(coordinate)
  const own = rule && listSizeOf(rule, node, field)
  const given = parent.sized?.fields.has(name) ? parent.sized.size : undefined
  const sized = rule && rule.sizedFields.size > 0 ? { fields: rule.sizedFields, size: own } : undefined
  const selections = isCompositeType(type) ? compileSelections(inner, type, sized, scope) : undefined
  const weight =
    scope.rules.weights.get(coordinate) ?? (selections ? undefined : (scope.rules.weights.get(type.name) ?? 0))
  const once = argumentsCost(node, field, coordinate, scope.rules)
  const content = weight === undefined ? selections?.whole : sumOf([weight, selections?.inside ?? 0])
  const each = maxOf([0, content ?? 0])
  const all = combine(countOf(field.type, { given, own, assumed: scope.assumedListSize }), each, (count, one) =>
    one === 0 ? 0 : count * one,
  )
  const estimate = onlyIf(
    included,
    combine(all, once, (one, other) => Math.max(0, one + other)),
  )
  return { key, included, weight, once, inner: selections, estimate }
}

const introspection = (key: string, included: Term<boolean>): CostedField => ({
  key,
  included,
  weight: INTROSPECTION,
  once: 0,
  inner: undefined,
  estimate: onlyIf(included, INTROSPECTION),
})

const tooComplex = () =>
  limitError(
    `operation: expected at most ${MOST_FIELDS} fields, over all types that their objects may have, got more`,
    {
      limit: 'fields',
      maximum: MOST_FIELDS,
    },
  )
