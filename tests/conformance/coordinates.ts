import {
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  Kind,
  print,
  type TypeDefinitionNode,
  type TypeExtensionNode,
  isTypeDefinitionNode,
  isTypeExtensionNode,
} from 'graphql'

/** What stands at each schema coordinate (`Query.user(id:)`): its type, default and what it demands of the caller. */
export type Coordinates = Record<string, string>

// What a client or the router relies on. Costs may be tuned.
const BINDING = new Set(['key', 'external', 'requires', 'shareable', 'inaccessible', 'authenticated', 'requiresScopes'])

/** The coordinates of everything that `document` defines. */
export function coordinatesOf(document: DocumentNode): Coordinates {
  const types = document.definitions.filter((node) => isTypeDefinitionNode(node) || isTypeExtensionNode(node))
  return Object.fromEntries(types.flatMap(entriesOf).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

type Entry = [coordinate: string, what: string]

function entriesOf(type: TypeDefinitionNode | TypeExtensionNode): Entry[] {
  const name = type.name.value
  const kind = type.kind.replace(/Type(Definition|Extension)$/, '').toLowerCase()
  const self: Entry = [name, join(kind, ...interfacesOf(type), directivesOf(type.directives))]
  if (type.kind === Kind.ENUM_TYPE_DEFINITION)
    return [
      self,
      ...(type.values ?? []).map(
        (it): Entry => [`${name}.${it.name.value}`, join('value', directivesOf(it.directives))],
      ),
    ]
  if (type.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION)
    return [self, ...(type.fields ?? []).map((it): Entry => [`${name}.${it.name.value}`, inputOf(it)])]
  const fields = 'fields' in type ? ((type.fields ?? []) as readonly FieldDefinitionNode[]) : []
  return [self, ...fields.flatMap((field) => fieldEntries(name, field))]
}

const fieldEntries = (type: string, field: FieldDefinitionNode): Entry[] => [
  [`${type}.${field.name.value}`, join(print(field.type), directivesOf(field.directives))],
  ...(field.arguments ?? []).map((arg): Entry => [`${type}.${field.name.value}(${arg.name.value}:)`, inputOf(arg)]),
]

const inputOf = ({ type, defaultValue, directives }: InputValueDefinitionNode): string =>
  join(print(type), defaultValue === undefined ? '' : `= ${print(defaultValue)}`, directivesOf(directives))

const interfacesOf = (type: TypeDefinitionNode | TypeExtensionNode): string[] =>
  'interfaces' in type ? (type.interfaces ?? []).map((it) => `implements ${it.name.value}`) : []

const directivesOf = (directives: readonly ConstDirectiveNode[] | undefined): string =>
  (directives ?? [])
    .filter((it) => BINDING.has(it.name.value))
    .map(print)
    .toSorted()
    .join(' ')

const join = (...parts: string[]): string => parts.filter((part) => part !== '').join(' ')
