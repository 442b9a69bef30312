import { type DocumentNode, Kind, parse, print, visit } from 'graphql'
import { type Graph, readGraph, type Hidden } from './contract-graph.ts'

/**
 * What a variant of the API leaves out, by `@tag`: everything with a tag of `exclude`; and where there is an `include`, every
 * field without a tag of it (on itself or its type). What is left without use goes along.
 */
export type Contract = {
  readonly include?: readonly string[] | undefined
  readonly exclude?: readonly string[] | undefined
}

const INACCESSIBLE_LINK = 'https://specs.apollo.dev/inaccessible/v0.2'
const INACCESSIBLE_DEFINITION =
  'directive @inaccessible on FIELD_DEFINITION | OBJECT | INTERFACE | UNION | ARGUMENT_DEFINITION | SCALAR | ENUM | ENUM_VALUE | INPUT_OBJECT | INPUT_FIELD_DEFINITION'

/** The supergraph of a contract: the same, with `@inaccessible` on all that its clients must not see. Subgraphs still may use it. */
export function applyContract(supergraphSdl: string, contract: Contract): string {
  const document = parse(supergraphSdl, { noLocation: true })
  const graph = readGraph(document)
  const hidden: Hidden = new Set()
  for (const element of graph.elements.values()) {
    const isExcluded = element.tags.some((tag) => contract.exclude?.includes(tag))
    if (element.isInaccessible || isExcluded || isNotIncluded(element, graph, contract)) hidden.add(element.coordinate)
  }
  while (hideUseless(graph, hidden) || hideUnreachable(graph, hidden)) continue
  return print(markInaccessible(withInaccessible(document), hidden))
}

function isNotIncluded(
  { kind, owner, tags }: { kind: string; owner: string; tags: readonly string[] },
  graph: Graph,
  { include = [] }: Contract,
): boolean {
  if (include.length === 0 || kind !== 'field') return false
  const all = [...tags, ...(graph.elements.get(owner)?.tags ?? [])]
  return !all.some((tag) => include.includes(tag))
}

/** Hides what can't be as its parts are hidden; whether anything was. */
function hideUseless({ elements, parts, roots }: Graph, hidden: Hidden): boolean {
  const before = hidden.size
  for (const { coordinate, kind, type, isRequired, owner, interfaces } of elements.values()) {
    if (hidden.has(coordinate)) {
      // A field without something that it must be given is of no use, nor an input that can't be complete.
      if ((kind === 'argument' || kind === 'inputField') && isRequired) hidden.add(owner)
      // What an interface promises, its types must show.
      const field = coordinate.split('.')[1]
      if (kind === 'field') for (const name of interfaces) hidden.add(`${name}.${field}`)
      continue
    }
    if (hidden.has(type ?? '')) hidden.add(coordinate)
    const inside = parts.get(coordinate) ?? []
    const isEmpty = kind === 'type' && inside.length > 0 && inside.every((part) => hidden.has(part))
    if (isEmpty && !roots.has(coordinate)) hidden.add(coordinate)
  }
  return hidden.size > before
}

/** Hides every type that no visible field, argument or type leads to from the roots; whether any was. */
function hideUnreachable({ elements, parts, leads, roots }: Graph, hidden: Hidden): boolean {
  const reached = new Set<string>()
  const waiting = [...roots]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (reached.has(next) || hidden.has(next)) continue
    reached.add(next)
    const { type } = elements.get(next) ?? {}
    waiting.push(...(parts.get(next) ?? []), ...(leads.get(next) ?? []), ...(type === undefined ? [] : [type]))
  }
  const before = hidden.size
  for (const { coordinate, kind } of elements.values())
    if (kind === 'type' && !reached.has(coordinate)) hidden.add(coordinate)
  return hidden.size > before
}

/** A supergraph in which nothing was hidden so far does not know the directive. */
function withInaccessible(document: DocumentNode): DocumentNode {
  const isKnown = document.definitions.some(
    (definition) => definition.kind === Kind.DIRECTIVE_DEFINITION && definition.name.value === 'inaccessible',
  )
  if (isKnown) return document
  const [definition] = parse(INACCESSIBLE_DEFINITION, { noLocation: true }).definitions
  const extended = parse(`extend schema @link(url: "${INACCESSIBLE_LINK}", for: SECURITY)`, { noLocation: true })
  const [extension] = extended.definitions
  const link = extension?.kind === Kind.SCHEMA_EXTENSION ? (extension.directives ?? []) : []
  const linked = visit(document, {
    SchemaDefinition: (node) => ({ ...node, directives: [...(node.directives ?? []), ...link] }),
  })
  return { ...linked, definitions: [...linked.definitions, ...(definition === undefined ? [] : [definition])] }
}

function markInaccessible(document: DocumentNode, hidden: Hidden): DocumentNode {
  const directive = { kind: Kind.DIRECTIVE, name: { kind: Kind.NAME, value: 'inaccessible' } } as const
  const mark = <Node extends { directives?: readonly { name: { value: string } }[] | undefined }>(
    node: Node,
    coordinate: string,
  ): Node => {
    const directives = node.directives ?? []
    const isMarked = directives.some(({ name }) => name.value === 'inaccessible')
    return hidden.has(coordinate) && !isMarked ? { ...node, directives: [...directives, directive] } : node
  }
  return {
    ...document,
    definitions: document.definitions.map((definition) => {
      if (!('name' in definition) || definition.name === undefined) return definition
      const type = definition.name.value
      if (definition.kind === Kind.ENUM_TYPE_DEFINITION)
        return mark(
          { ...definition, values: definition.values?.map((value) => mark(value, `${type}.${value.name.value}`)) },
          type,
        )
      if (definition.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION)
        return mark(
          { ...definition, fields: definition.fields?.map((field) => mark(field, `${type}.${field.name.value}`)) },
          type,
        )
      if (definition.kind === Kind.OBJECT_TYPE_DEFINITION || definition.kind === Kind.INTERFACE_TYPE_DEFINITION)
        return mark(
          {
            ...definition,
            fields: definition.fields?.map((field) => {
              const coordinate = `${type}.${field.name.value}`
              const given = field.arguments?.map((one) => mark(one, `${coordinate}(${one.name.value}:)`))
              return mark({ ...field, arguments: given }, coordinate)
            }),
          },
          type,
        )
      return definition.kind === Kind.UNION_TYPE_DEFINITION || definition.kind === Kind.SCALAR_TYPE_DEFINITION
        ? mark(definition, type)
        : definition
    }),
  }
}
