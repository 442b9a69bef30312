import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  Kind,
  type TypeNode,
} from 'graphql'

/** The coordinates that a contract's clients do not see. */
export type Hidden = Set<string>

/** A part of a supergraph that can be hidden. */
export type Element = {
  coordinate: string
  kind: 'type' | 'field' | 'argument' | 'inputField' | 'value'
  tags: readonly string[]
  isInaccessible: boolean
  /** What it is a part of; itself where it is a type. */
  owner: string
  /** The named type of a field or argument. */
  type: string | undefined
  /** An argument or input field that must be given. */
  isRequired: boolean
  /** The interfaces of the type that a field is of. */
  interfaces: readonly string[]
}

/** A supergraph as what leads to what. */
export type Graph = {
  elements: ReadonlyMap<string, Element>
  /** The fields and values of a type, the arguments of a field. */
  parts: ReadonlyMap<string, readonly string[]>
  /** From a union to its members, from an interface to its types. */
  leads: ReadonlyMap<string, readonly string[]>
  /** Where clients begin: the root types, and the types that directives of the API take. */
  roots: ReadonlySet<string>
}

/** Reads a supergraph's document. Federation's own types (`join__…`, `link__…`) are no part of it. */
export function readGraph(document: DocumentNode): Graph {
  const elements = new Map<string, Element>()
  const parts = new Map<string, string[]>()
  const leads = new Map<string, string[]>()
  const add = (element: Element) => {
    elements.set(element.coordinate, element)
    if (element.owner !== element.coordinate)
      parts.set(element.owner, [...(parts.get(element.owner) ?? []), element.coordinate])
  }
  for (const definition of document.definitions) {
    if (!isClientType(definition)) continue
    const name = definition.name.value
    for (const element of elementsOf(definition)) add(element)
    if (definition.kind === Kind.UNION_TYPE_DEFINITION)
      leads.set(
        name,
        (definition.types ?? []).map((member) => member.name.value),
      )
    for (const one of interfacesOf(definition)) leads.set(one, [...(leads.get(one) ?? []), name])
  }
  return {
    elements,
    parts,
    leads,
    roots: new Set([...rootsOf(document), ...directiveTypes(document)].filter((name) => elements.has(name))),
  }
}

type TypeDefinition = Extract<DefinitionNode, { kind: `${string}TypeDefinition`; name: unknown }>

const isClientType = (definition: DefinitionNode): definition is TypeDefinition =>
  definition.kind.endsWith('TypeDefinition') && 'name' in definition && !definition.name?.value.includes('__')

function elementsOf(definition: TypeDefinition): Element[] {
  const name = definition.name.value
  const type = { ...NOTHING, coordinate: name, kind: 'type' as const, owner: name, ...markersOf(definition.directives) }
  if (definition.kind === Kind.ENUM_TYPE_DEFINITION) {
    const values = (definition.values ?? []).map((value): Element => {
      const coordinate = `${name}.${value.name.value}`
      return { ...NOTHING, coordinate, kind: 'value', owner: name, ...markersOf(value.directives) }
    })
    return [type, ...values]
  }
  if (definition.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION)
    return [type, ...(definition.fields ?? []).map((field) => inputOf(field, name, 'inputField'))]
  if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION && definition.kind !== Kind.INTERFACE_TYPE_DEFINITION)
    return [type]
  return [type, ...(definition.fields ?? []).flatMap((field) => fieldOf(field, name, interfacesOf(definition)))]
}

const NOTHING = { type: undefined, isRequired: false, interfaces: [] }

function fieldOf(field: FieldDefinitionNode, owner: string, interfaces: readonly string[]): Element[] {
  const coordinate = `${owner}.${field.name.value}`
  const element: Element = {
    ...NOTHING,
    coordinate,
    kind: 'field',
    owner,
    type: named(field.type),
    interfaces,
    ...markersOf(field.directives),
  }
  return [element, ...(field.arguments ?? []).map((argument) => inputOf(argument, coordinate, 'argument'))]
}

function inputOf(node: InputValueDefinitionNode, owner: string, kind: 'argument' | 'inputField'): Element {
  const name = node.name.value
  return {
    ...NOTHING,
    coordinate: kind === 'argument' ? `${owner}(${name}:)` : `${owner}.${name}`,
    kind,
    owner,
    type: named(node.type),
    isRequired: node.type.kind === Kind.NON_NULL_TYPE && node.defaultValue === undefined,
    ...markersOf(node.directives),
  }
}

function markersOf(directives: readonly ConstDirectiveNode[] = []): Pick<Element, 'tags' | 'isInaccessible'> {
  const tags = directives
    .filter(({ name }) => name.value === 'tag')
    .flatMap(({ arguments: given = [] }) =>
      given.flatMap(({ value }) => (value.kind === Kind.STRING ? value.value : [])),
    )
  return { tags, isInaccessible: directives.some(({ name }) => name.value === 'inaccessible') }
}

const named = (type: TypeNode): string => (type.kind === Kind.NAMED_TYPE ? type.name.value : named(type.type))

const interfacesOf = (definition: TypeDefinition): string[] =>
  'interfaces' in definition ? (definition.interfaces ?? []).map(({ name }) => name.value) : []

function rootsOf(document: DocumentNode): string[] {
  const schema = document.definitions.find((definition) => definition.kind === Kind.SCHEMA_DEFINITION)
  return schema?.operationTypes.map(({ type }) => type.name.value) ?? ['Query', 'Mutation', 'Subscription']
}

const directiveTypes = (document: DocumentNode): string[] =>
  document.definitions.flatMap((definition) =>
    definition.kind === Kind.DIRECTIVE_DEFINITION ? (definition.arguments ?? []).map(({ type }) => named(type)) : [],
  )
