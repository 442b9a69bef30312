import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type FieldNode,
  type InterfaceTypeDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  print,
  type SelectionNode,
  type SelectionSetNode,
  stripIgnoredCharacters,
  type TypeNode,
} from 'graphql'
import { argumentOf, contextSelections, withArgument } from './directive-arguments.ts'
import { fieldSet, leavesOf, noteNames } from './field-sets.ts'
import { interfaceObjectsOf } from './interface-objects.ts'

/** A field that is planned under a name of its own, in place of `name` with `args`. */
export type StandIn = { readonly name: string; readonly args: string }

/** A supergraph as the planner should see it, and what has to be undone in its plans. Plain data: it goes to other threads. */
export type MendedSupergraph = {
  readonly sdl: string
  /** By the name of the stand-in. */
  readonly standIns: ReadonlyMap<string, StandIn>
  /** What the `@requires` of a field reads, by `subgraph Type.field`: paths of leaves, `category.average`. */
  readonly needs: ReadonlyMap<string, readonly string[]>
  /** What the keys of a type read in a subgraph, by `subgraph Type`. */
  readonly keys: ReadonlyMap<string, readonly string[]>
  readonly interfaces: ReadonlySet<string>
  /** The object types of each interface. */
  readonly implementers: ReadonlyMap<string, readonly string[]>
  /** Interfaces that a subgraph knows as objects, as `subgraph Type`. */
  readonly interfaceObjects: ReadonlySet<string>
  /** Names of fields that plans read from the answers beside what the client asked for. */
  readonly readNames: ReadonlySet<string>
  /** The labels of progressive `@override`s, by the name of the field. */
  readonly labels: ReadonlyMap<string, readonly string[]>
}

type Fielded = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode
type Mending = {
  types: ReadonlyMap<string, Fielded>
  graphNames: ReadonlyMap<string, string>
  infix: string
  standIns: Map<string, StandIn>
  needs: Map<string, string[]>
  keys: Map<string, string[]>
  /** Stand-ins by the type that they are added to. */
  added: Map<string, Set<string>>
  readNames: Set<string>
  labels: Map<string, string[]>
}

/**
 * Mends around faults of Apollo's planner:
 * - it jumps by the first key of a type, resolvable or not: those that are come first;
 * - it tells fields apart by name only, not by arguments. A field with arguments that a `@requires` reads gets a stand-in
 *   without arguments, a field of its own to the planner, which `mendPlan` turns back into the real one.
 */
export function mendSupergraph(sdl: string): MendedSupergraph {
  const document = parse(sdl, { noLocation: true })
  const mending = startMending(document, sdl)
  const mended = document.definitions.map((definition) => mendDefinition(definition, mending))
  const definitions = mended.map((definition) => addStandIns(definition, mending))
  const { standIns, needs, keys, readNames, labels } = mending
  const interfaces = new Set(
    document.definitions.filter(({ kind }) => kind === Kind.INTERFACE_TYPE_DEFINITION).map(nameOf),
  )
  const interfaceObjects = interfaceObjectsOf(document.definitions, mending.graphNames)
  const implementers = new Map([...interfaces].map((name) => [name, objectsOf(name, mending.types)]))
  const mendedSdl = print({ ...document, definitions })
  return { sdl: mendedSdl, standIns, needs, keys, interfaces, implementers, interfaceObjects, readNames, labels }
}

const nameOf = (definition: DefinitionNode): string =>
  'name' in definition && definition.name !== undefined ? definition.name.value : ''

function startMending(document: DocumentNode, sdl: string): Mending {
  const graphs = document.definitions.find(
    (definition) => definition.kind === Kind.ENUM_TYPE_DEFINITION && definition.name.value === 'join__Graph',
  )
  const values = graphs?.kind === Kind.ENUM_TYPE_DEFINITION ? (graphs.values ?? []) : []
  return {
    types: new Map(document.definitions.filter(isFielded).map((type) => [type.name.value, type])),
    graphNames: new Map(
      values.map(({ name, directives }) => [name.value, argumentOf(directives?.[0], 'name') ?? name.value]),
    ),
    infix: freeInfix(sdl),
    standIns: new Map(),
    needs: new Map(),
    keys: new Map(),
    added: new Map(),
    readNames: new Set(['__typename']),
    labels: new Map(),
  }
}

/** No name of the supergraph has it, so no stand-in can be mistaken for a field of it. */
function freeInfix(sdl: string): string {
  let infix = '__with_'
  while (sdl.includes(infix)) infix = `_${infix}`
  return infix
}

function mendDefinition(definition: DefinitionNode, mending: Mending): DefinitionNode {
  if (!isFielded(definition)) return definition
  const typeName = definition.name.value
  for (const directive of definition.directives ?? []) {
    const key = directive.name.value === 'join__type' ? argumentOf(directive, 'key') : undefined
    if (key !== undefined) noteKey(fieldSet(key), typeName, argumentOf(directive, 'graph') ?? '', mending)
  }
  return {
    ...definition,
    directives: resolvableFirst(definition.directives ?? []),
    fields: (definition.fields ?? []).map((field) => ({
      ...field,
      directives: (field.directives ?? []).map((directive) => mendJoin(directive, typeName, field, mending)),
    })),
  }
}

const isFielded = (definition: DefinitionNode): definition is Fielded =>
  definition.kind === Kind.OBJECT_TYPE_DEFINITION || definition.kind === Kind.INTERFACE_TYPE_DEFINITION

const resolvableFirst = (directives: readonly ConstDirectiveNode[]): ConstDirectiveNode[] =>
  directives.toSorted((one, other) => Number(isUnresolvable(one)) - Number(isUnresolvable(other)))

const isUnresolvable = (directive: ConstDirectiveNode): boolean =>
  directive.name.value === 'join__type' && argumentOf(directive, 'resolvable') === 'false'

function mendJoin(
  directive: ConstDirectiveNode,
  typeName: string,
  field: FieldDefinitionNode,
  mending: Mending,
): ConstDirectiveNode {
  if (directive.name.value !== 'join__field') return directive
  const fieldName = field.name.value
  const label = argumentOf(directive, 'overrideLabel')
  if (label !== undefined) push(mending.labels, fieldName, label)
  for (const selection of contextSelections(directive)) noteNames(fieldSet(selection), mending.readNames)
  const required = argumentOf(directive, 'requires')
  if (required === undefined) return directive
  const graph = argumentOf(directive, 'graph') ?? ''
  const selections = standInsFor(fieldSet(required), typeName, mending)
  noteNames(selections, mending.readNames)
  mending.needs.set(`${mending.graphNames.get(graph) ?? graph} ${typeName}.${fieldName}`, leavesOf(selections))
  return withArgument(directive, 'requires', stripIgnoredCharacters(print(selections)).slice(1, -1))
}

function noteKey(key: SelectionSetNode, typeName: string, graph: string, mending: Mending): void {
  noteNames(key, mending.readNames)
  for (const leaf of leavesOf(key)) push(mending.keys, `${mending.graphNames.get(graph) ?? graph} ${typeName}`, leaf)
}

/** The same fields, but that stand-ins take the place of those that have arguments. */
function standInsFor(selectionSet: SelectionSetNode, typeName: string, mending: Mending): SelectionSetNode {
  const into = (inner: SelectionSetNode | undefined, innerType: string) =>
    inner && { selectionSet: standInsFor(inner, innerType, mending) }
  const replace = (selection: SelectionNode): SelectionNode => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return selection
    if (selection.kind === Kind.INLINE_FRAGMENT)
      return { ...selection, ...into(selection.selectionSet, selection.typeCondition?.name.value ?? typeName) }
    const definition = fieldOf(mending.types.get(typeName), selection.name.value)
    const inner = into(selection.selectionSet, definition === undefined ? '' : namedType(definition.type))
    if (definition === undefined || (definition.arguments ?? []).length === 0) return { ...selection, ...inner }
    const name = standInFor(selection, typeName, mending)
    return { ...selection, name: { kind: Kind.NAME, value: name }, arguments: [], ...inner }
  }
  return { ...selectionSet, selections: selectionSet.selections.map(replace) }
}

function standInFor(field: FieldNode, typeName: string, mending: Mending): string {
  const name = field.name.value
  const args = (field.arguments ?? []).map(print).toSorted().join(', ')
  const known = [...mending.standIns].find(([, standIn]) => standIn.name === name && standIn.args === args)
  const standIn = known?.[0] ?? `${name}${mending.infix}${mending.standIns.size}`
  mending.standIns.set(standIn, { name, args })
  for (const type of [typeName, ...implementersOf(typeName, mending.types)]) {
    mending.added.set(type, (mending.added.get(type) ?? new Set()).add(standIn))
  }
  return standIn
}

const implementersOf = (typeName: string, types: ReadonlyMap<string, Fielded>): string[] =>
  [...types.values()]
    .filter(({ interfaces }) => (interfaces ?? []).some(({ name }) => name.value === typeName))
    .map(({ name }) => name.value)

const objectsOf = (typeName: string, types: ReadonlyMap<string, Fielded>): string[] =>
  implementersOf(typeName, types).filter((name) => types.get(name)?.kind === Kind.OBJECT_TYPE_DEFINITION)

/** A stand-in lives where its field lives: it has the same `@join__field`s. */
function addStandIns(definition: DefinitionNode, mending: Mending): DefinitionNode {
  if (!isFielded(definition)) return definition
  const added = [...(mending.added.get(definition.name.value) ?? [])].flatMap((standIn): FieldDefinitionNode[] => {
    const field = fieldOf(definition, mending.standIns.get(standIn)?.name ?? '')
    if (field === undefined) return []
    const directives = (field.directives ?? []).filter(({ name }) => name.value === 'join__field')
    return [{ ...field, name: { kind: Kind.NAME, value: standIn }, arguments: [], directives }]
  })
  for (const { name, directives } of added) inheritNeeds(definition.name.value, name.value, directives ?? [], mending)
  return added.length === 0 ? definition : { ...definition, fields: [...(definition.fields ?? []), ...added] }
}

/** A stand-in of a field that has a `@requires` itself reads what that field reads. */
function inheritNeeds(
  typeName: string,
  standIn: string,
  directives: readonly ConstDirectiveNode[],
  mending: Mending,
): void {
  for (const directive of directives) {
    const graph = argumentOf(directive, 'graph') ?? ''
    const subgraph = mending.graphNames.get(graph) ?? graph
    const needs = mending.needs.get(`${subgraph} ${typeName}.${mending.standIns.get(standIn)?.name}`)
    if (needs !== undefined) mending.needs.set(`${subgraph} ${typeName}.${standIn}`, needs)
  }
}

const fieldOf = (type: Fielded | undefined, name: string): FieldDefinitionNode | undefined =>
  type?.fields?.find((field) => field.name.value === name)

const namedType = (type: TypeNode): string => (type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type))

const push = (map: Map<string, string[]>, key: string, value: string): void =>
  void map.set(key, [...new Set([...(map.get(key) ?? []), value])])
