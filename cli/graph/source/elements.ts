import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  Kind,
  type TypeNode,
} from 'graphql'
import type { Place } from '../report/finding.ts'

/** A named part of a schema, with everything that the rules look at. */
export type Element = {
  kind: 'type' | 'input' | 'enum' | 'field' | 'argument' | 'value'
  coordinate: string
  name: string
  place: Place
  description: string | undefined
  directives: ReadonlySet<string>
  deprecation: string | undefined
  /** The type that it is part of; itself where it is a type. */
  owner: Owner
  type: TypeFacts | undefined
  argumentNames: ReadonlySet<string>
  /** The fields of its type, as far as the same file defines them. */
  fieldsOfType: ReadonlySet<string>
}

/** `isPage`: its lists are as long as the connection that it is a page of. */
type Owner = { name: string; isInput: boolean; isPage: boolean }
type TypeFacts = { named: string; isList: boolean; isLeaf: boolean; hasNullItems: boolean }

type Named = { name: { value: string }; description?: { value: string }; directives?: readonly ConstDirectiveNode[] }
type Definition = DefinitionNode & Named
type Context = { file: string; leaves: ReadonlySet<string>; fields: ReadonlyMap<string, ReadonlySet<string>> }

/** Every type, field, argument and value that a file defines; `shared` is what it may name of other files. */
export function elementsOf(document: DocumentNode, file: string, shared: readonly DocumentNode[]): Element[] {
  const all = [document, ...shared].flatMap(({ definitions }) => definitions.filter(isTypeDefinition))
  const leaves = new Set(BUILT_IN_LEAVES)
  const fields = new Map<string, Set<string>>()
  for (const definition of all) {
    const name = definition.name.value
    if (definition.kind === Kind.SCALAR_TYPE_DEFINITION || definition.kind === Kind.ENUM_TYPE_DEFINITION)
      leaves.add(name)
    const own = 'fields' in definition ? (definition.fields ?? []) : []
    fields.set(name, new Set([...(fields.get(name) ?? []), ...own.map((field) => field.name.value)]))
  }
  const context: Context = { file, leaves, fields }
  return document.definitions.filter(isTypeDefinition).flatMap((definition) => elementsOfType(definition, context))
}

const BUILT_IN_LEAVES = ['ID', 'String', 'Int', 'Float', 'Boolean']

const isTypeDefinition = (definition: DefinitionNode): definition is Definition =>
  definition.kind.endsWith('TypeDefinition') || definition.kind.endsWith('TypeExtension')

function elementsOfType(definition: Definition, context: Context): Element[] {
  const name = definition.name.value
  const isInput = definition.kind.startsWith('InputObject')
  const kind = isInput ? 'input' : definition.kind.startsWith('Enum') ? 'enum' : 'type'
  const owner: Owner = { name, isInput, isPage: name.endsWith('Connection') }
  const itself = elementOf(definition, { kind, coordinate: name, owner }, context)
  const values = 'values' in definition ? (definition.values ?? []) : []
  const fields: readonly (FieldDefinitionNode | InputValueDefinitionNode)[] =
    'fields' in definition ? (definition.fields ?? []) : []
  // An extension describes nothing: its type is described where it is defined.
  const own = definition.kind.endsWith('TypeExtension') ? [] : [itself]
  return [
    ...own,
    ...values.map((value) =>
      elementOf(value, { kind: 'value', coordinate: `${name}.${value.name.value}`, owner }, context),
    ),
    ...fields.flatMap((field) => elementsOfField(field, owner, context)),
  ]
}

function elementsOfField(
  field: FieldDefinitionNode | InputValueDefinitionNode,
  owner: Owner,
  context: Context,
): Element[] {
  const coordinate = `${owner.name}.${field.name.value}`
  const given = 'arguments' in field ? (field.arguments ?? []) : []
  return [
    elementOf(field, { kind: 'field', coordinate, owner }, context),
    ...given.map((argument) =>
      elementOf(argument, { kind: 'argument', coordinate: `${coordinate}(${argument.name.value}:)`, owner }, context),
    ),
  ]
}

type Node = Named & {
  loc?: { startToken: { line: number } } | undefined
  type?: TypeNode
  arguments?: readonly Named[]
}

function elementOf(
  node: Node,
  at: Pick<Element, 'kind' | 'coordinate' | 'owner'>,
  { file, leaves, fields }: Context,
): Element {
  const directives = node.directives ?? []
  const type = node.type && factsOf(node.type, leaves)
  return {
    ...at,
    name: node.name.value,
    place: { file, line: node.loc?.startToken.line ?? 1 },
    description: node.description?.value,
    directives: new Set(directives.map((directive) => directive.name.value)),
    deprecation: reasonOf(directives.find((directive) => directive.name.value === 'deprecated')),
    type,
    argumentNames: new Set((node.arguments ?? []).map((argument) => argument.name.value)),
    fieldsOfType: fields.get(type?.named ?? '') ?? new Set(),
  }
}

function factsOf(type: TypeNode, leaves: ReadonlySet<string>): TypeFacts {
  if (type.kind === Kind.NON_NULL_TYPE) return factsOf(type.type, leaves)
  if (type.kind === Kind.NAMED_TYPE)
    return { named: type.name.value, isList: false, isLeaf: leaves.has(type.name.value), hasNullItems: false }
  const inner = factsOf(type.type, leaves)
  return { ...inner, isList: true, hasNullItems: inner.hasNullItems || type.type.kind !== Kind.NON_NULL_TYPE }
}

/** The reason as written; empty where there is none. */
function reasonOf(directive: ConstDirectiveNode | undefined): string | undefined {
  if (directive === undefined) return undefined
  const reason = directive.arguments?.find(({ name }) => name.value === 'reason')?.value
  return reason?.kind === Kind.STRING ? reason.value : ''
}
