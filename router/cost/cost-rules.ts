import {
  isInterfaceType,
  isObjectType,
  type NamedType,
  type ObjectType,
  type Schema,
} from '@apollo/federation-internals'

/** What `@listSize` says of a field. */
export type ListSize = {
  readonly assumedSize: number | undefined
  /** Paths to arguments: `['first']`, or into an input object: `['page', 'first']`. */
  readonly slicingArguments: readonly (readonly string[])[]
  readonly sizedFields: ReadonlySet<string>
  readonly requireOneSlicingArgument: boolean
}

/**
 * What a supergraph says about cost, by schema coordinate: `@cost` of `Type`, `Type.field`, `Type.field(argument:)` and
 * `Input.field`, `@listSize` of `Type.field`. A size of an interface's field holds for every implementation without one. The
 * directives are those of https://ibm.github.io/graphql-specs/cost-spec.html.
 */
export type CostRules = {
  readonly weights: ReadonlyMap<string, number>
  readonly listSizes: ReadonlyMap<string, ListSize>
}

/** The specification by which supergraphs link the two directives, under whatever name. */
const COST = 'https://specs.apollo.dev/cost'

type Names = { cost: string | undefined; listSize: string | undefined }
type Rules = { weights: Map<string, number>; listSizes: Map<string, ListSize> }
type Costed = {
  readonly coordinate: string
  appliedDirectivesOf(name: string): { arguments(): Record<string, unknown> }[]
}

/** Reads `@cost` and `@listSize` wherever a supergraph applies them; undefined where it applies neither. */
export function readCostRules(schema: Schema): CostRules | undefined {
  const feature = schema.coreFeatures?.getByIdentity(COST)
  if (feature === undefined) return undefined
  const names = { cost: feature.directiveNameInSchema('cost'), listSize: feature.directiveNameInSchema('listSize') }
  const rules: Rules = { weights: new Map(), listSizes: new Map() }
  for (const type of schema.types()) readType(type, names, rules)
  for (const type of schema.objectTypes()) inherit(type, rules)
  return rules.weights.size + rules.listSizes.size === 0 ? undefined : rules
}

function readType(type: NamedType, names: Names, rules: Rules): void {
  readWeight({ coordinate: type.name, appliedDirectivesOf: (name) => type.appliedDirectivesOf(name) }, names, rules)
  if (type.kind === 'InputObjectType') for (const field of type.fields()) readWeight(field, names, rules)
  if (!isObjectType(type) && !isInterfaceType(type)) return
  for (const field of type.fields()) {
    readWeight(field, names, rules)
    readListSize(field, names, rules)
    for (const argument of field.arguments()) readWeight(argument, names, rules)
  }
}

function readWeight(element: Costed, { cost }: Names, { weights }: Rules): void {
  const [applied] = cost === undefined ? [] : element.appliedDirectivesOf(cost)
  // A number here, a string in IBM's own specification.
  const weight = Number(applied?.arguments()['weight'])
  if (Number.isFinite(weight)) weights.set(element.coordinate, weight)
}

function readListSize(element: Costed, { listSize }: Names, { listSizes }: Rules): void {
  const [applied] = listSize === undefined ? [] : element.appliedDirectivesOf(listSize)
  if (applied === undefined) return
  const { assumedSize, slicingArguments, sizedFields, requireOneSlicingArgument } = applied.arguments()
  listSizes.set(element.coordinate, {
    assumedSize: typeof assumedSize === 'number' ? assumedSize : undefined,
    slicingArguments: namesIn(slicingArguments).map((path) => path.split('.')),
    sizedFields: new Set(namesIn(sizedFields)),
    requireOneSlicingArgument: requireOneSlicingArgument !== false,
  })
}

const namesIn = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((name) => typeof name === 'string') : []

function inherit(type: ObjectType, { listSizes }: Rules): void {
  for (const abstract of type.interfaces())
    for (const field of abstract.fields()) {
      const size = listSizes.get(field.coordinate)
      const own = `${type.name}.${field.name}`
      if (size !== undefined && !listSizes.has(own)) listSizes.set(own, size)
    }
}
