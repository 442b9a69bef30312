import { type ConstDirectiveNode, type GraphQLSchema, isEnumType, Kind, type ValueNode } from 'graphql'

/** A subgraph's part in a type or a field. */
export type Owner = {
  readonly subgraph: string
  /** The fields by which a type is looked up there. */
  readonly keys: readonly string[]
  /** What a field is computed from. */
  readonly requires: string | undefined
}

/** Whose a type or a field is, by schema coordinate (`Type` or `Type.field`), as `@join__…` of a supergraph says it. */
export function readOwners(supergraph: GraphQLSchema): (coordinate: string) => readonly Owner[] {
  const names = graphNames(supergraph)
  const owners = (directives: readonly ConstDirectiveNode[]) => groupOwners(directives, names)
  return (coordinate) => {
    const [typeName = '', fieldName] = coordinate.split('.')
    const type = supergraph.getType(typeName)
    const whole = owners(named('join__type', type?.astNode?.directives))
    if (fieldName === undefined || !type || !('getFields' in type)) return whole
    const joins = named('join__field', type.getFields()[fieldName]?.astNode?.directives)
    // A field that says nothing is of all subgraphs that have its type.
    return joins.length === 0 ? whole : owners(joins.filter((join) => argument(join, 'external') !== 'true'))
  }
}

/** The names of subgraphs by the values of `join__Graph` that stand for them. */
function graphNames(supergraph: GraphQLSchema): ReadonlyMap<string, string> {
  const graphs = supergraph.getType('join__Graph')
  const values = isEnumType(graphs) ? graphs.getValues() : []
  return new Map(
    values.map(({ name, astNode }) => {
      const [join] = named('join__graph', astNode?.directives)
      return [name, (join && argument(join, 'name')) ?? name]
    }),
  )
}

function groupOwners(joins: readonly ConstDirectiveNode[], names: ReadonlyMap<string, string>): Owner[] {
  const bySubgraph = Map.groupBy(joins, (join) => names.get(argument(join, 'graph') ?? '') ?? '')
  bySubgraph.delete('')
  return [...bySubgraph].map(([subgraph, own]) => ({
    subgraph,
    keys: own.flatMap((join) => argument(join, 'key') ?? []),
    requires: own.map((join) => argument(join, 'requires')).find((fields) => fields !== undefined),
  }))
}

const named = (name: string, directives: readonly ConstDirectiveNode[] = []): ConstDirectiveNode[] =>
  directives.filter((directive) => directive.name.value === name)

function argument(directive: ConstDirectiveNode, name: string): string | undefined {
  const value: ValueNode | undefined = directive.arguments?.find((one) => one.name.value === name)?.value
  if (value?.kind === Kind.BOOLEAN) return String(value.value)
  return value !== undefined && 'value' in value && typeof value.value === 'string' ? value.value : undefined
}
