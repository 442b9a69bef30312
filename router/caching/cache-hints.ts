import {
  type Directive,
  isInterfaceType,
  isObjectType,
  type NamedType,
  type ObjectType,
  type Schema,
  type Supergraph,
} from '@apollo/federation-internals'

/** What `@cacheControl` says of a type or a field, in the terms of Apollo Server. */
export type CacheHint = {
  readonly maxAgeS: number | undefined
  readonly isPrivate: boolean
  readonly inherits: boolean
}

/** What a supergraph says of what may be kept. */
export type CacheHints = {
  /** By schema coordinate: `Type` or `Type.field`. */
  readonly hints: ReadonlyMap<string, CacheHint>
  /** By type, the fields of the key that names an entity in each subgraph, in order; none where they are nested. */
  readonly keys: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>
  /** By coordinate of a field of an object type, the subgraphs that resolve it. */
  readonly owners: ReadonlyMap<string, ReadonlySet<string>>
}

const DIRECTIVE = 'cacheControl'

/** Reads the hints of a supergraph; undefined where it has none: then nothing is ever kept. */
export function readCacheHints(supergraph: Supergraph): CacheHints | undefined {
  const { schema } = supergraph
  if (schema.directive(DIRECTIVE) === undefined) return undefined
  const hints = new Map<string, CacheHint>()
  for (const type of schema.types()) readType(type, hints)
  if (hints.size === 0) return undefined
  const names = graphNames(schema, supergraph.subgraphsMetadata())
  const keys = schema.objectTypes().flatMap((type) => {
    const bySubgraph = keysOf(type, names)
    return bySubgraph.size === 0 ? [] : [[type.name, bySubgraph] as const]
  })
  const owners = schema.objectTypes().flatMap((type) => ownersIn(type, names))
  return { hints, keys: new Map(keys), owners: new Map(owners) }
}

function readType(type: NamedType, hints: Map<string, CacheHint>): void {
  add(type.name, type.appliedDirectivesOf(DIRECTIVE), hints)
  if (!isObjectType(type) && !isInterfaceType(type)) return
  for (const field of type.fields()) add(field.coordinate, field.appliedDirectivesOf(DIRECTIVE), hints)
}

/** Where subgraphs disagree, the strictest holds. */
function add(coordinate: string, applied: readonly Directive[], hints: Map<string, CacheHint>): void {
  if (applied.length === 0) return
  const all = applied.map(toHint)
  const ages = all.flatMap(({ maxAgeS }) => (maxAgeS === undefined ? [] : [maxAgeS]))
  hints.set(coordinate, {
    maxAgeS: ages.length === 0 ? undefined : Math.min(...ages),
    isPrivate: all.some(({ isPrivate }) => isPrivate),
    inherits: ages.length === 0 && all.some(({ inherits }) => inherits),
  })
}

function toHint(directive: Directive): CacheHint {
  const { maxAge, scope, inheritMaxAge } = directive.arguments() as Record<string, unknown>
  const inherits = inheritMaxAge === true
  return {
    maxAgeS: typeof maxAge === 'number' && !inherits ? maxAge : undefined,
    isPrivate: scope === 'PRIVATE',
    inherits,
  }
}

/** The names of subgraphs by the values of `join__Graph` that stand for them. */
function graphNames(schema: Schema, subgraphs: readonly { name: string }[]): ReadonlyMap<string, string> {
  const known = new Set(subgraphs.map(({ name }) => name))
  const graphs = schema.type('join__Graph')
  const values = graphs?.kind === 'EnumType' ? graphs.values : []
  return new Map(
    values.flatMap((value) => {
      const name: unknown = value.appliedDirectivesOf('join__graph')[0]?.arguments()['name']
      return typeof name === 'string' && known.has(name) ? [[value.name, name]] : []
    }),
  )
}

// Names with spaces between them: no braces.
const FLAT = /^[\w\s]+$/

function keysOf(type: ObjectType, names: ReadonlyMap<string, string>): ReadonlyMap<string, readonly string[]> {
  const keys = new Map<string, readonly string[]>()
  for (const join of type.appliedDirectivesOf('join__type')) {
    const { graph, key } = join.arguments() as { graph: string; key?: string }
    const subgraph = names.get(graph)
    if (key === undefined || subgraph === undefined || (keys.get(subgraph) ?? []).length > 0) continue
    keys.set(subgraph, FLAT.test(key) ? key.trim().split(/\s+/).toSorted() : [])
  }
  return keys
}

function ownersIn(type: ObjectType, names: ReadonlyMap<string, string>): [string, ReadonlySet<string>][] {
  const everywhere = type.appliedDirectivesOf('join__type').map(argumentsOf)
  return type.fields().map((field) => {
    const joins = field.appliedDirectivesOf('join__field').map(argumentsOf)
    const graphs = (joins.length === 0 ? everywhere : joins).filter(({ external }) => external !== true)
    return [field.coordinate, new Set(graphs.flatMap(({ graph }) => names.get(String(graph)) ?? []))]
  })
}

const argumentsOf = (directive: Directive): Readonly<Record<string, unknown>> => directive.arguments()
