import {
  type GraphQLFieldResolver,
  GraphQLError,
  type GraphQLOutputType,
  isCompositeType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLNamedType,
} from 'graphql'
import type { GraphDefinition } from './graphs.ts'

/** What goes wrong in resolvers: a share of the fields fails, is null, or is null though it must not be. 0 is never. */
export type DataFaults = { seed: number; failing: number; empty: number; broken: number; missing: number }

/** An object in the data: the same id has the same fields in every subgraph, so that the order of fetches changes nothing. */
export type Source = Record<string, unknown> & { __typename: string; id: string }

/** The answer's text has this where a subgraph breaks its own schema. */
export const BROKEN = '*broken*'

const IDS = 5

/** Resolves every field of every subgraph of a graph from the id of its object. */
export function createResolver(definition: GraphDefinition, faults: DataFaults): GraphQLFieldResolver<Source, unknown> {
  return (source, args, _context, { fieldName, parentType, returnType }) => {
    const isRoot = source === undefined || ['Query', 'Mutation'].includes(parentType.name)
    const id = isRoot ? 'root' : source.id
    const seat = `${id} ${fieldName} ${JSON.stringify(args)}`
    if (!isRoot && Object.hasOwn(source, fieldName) && source[fieldName] !== undefined) return source[fieldName]
    if (fieldName === 'id') return id
    if (fieldName === 'sku') return `sku-${id}`
    if (chance(`fail ${seat}`, faults.seed) < faults.failing)
      throw new GraphQLError(`no ${fieldName} of ${id}`, { extensions: { code: 'FORBIDDEN' } })
    // What was required came with the reference.
    const required = fieldName.startsWith('with') ? JSON.stringify(source, Object.keys(source).toSorted()) : ''
    return valueOf(returnType, seat + required, { definition, faults, owner: id, field: fieldName })
  }
}

/** The object that a reference stands for; undefined where its subgraph has lost it. */
export function resolveReference(
  typename: string,
  reference: Record<string, unknown>,
  subgraph: string,
  { definition, faults }: { definition: GraphDefinition; faults: DataFaults },
): Source | undefined {
  const { id: given, sku } = reference
  const id = typeof given === 'string' ? given : typeof sku === 'string' ? sku.slice('sku-'.length) : ''
  if (chance(`missing ${subgraph} ${id}`, faults.seed) < faults.missing) return undefined
  return { ...reference, __typename: concreteType(typename, id, definition), id }
}

type At = { definition: GraphDefinition; faults: DataFaults; owner: string; field: string }

function valueOf(type: GraphQLOutputType, seat: string, at: At): unknown {
  const { seed, empty, broken } = at.faults
  if (isNonNullType(type)) return valueOfNonNull(type.ofType, seat, at)
  if (chance(`null ${seat}`, seed) < empty) return null
  if (isListType(type)) {
    const length = hash(`length ${seat}`) % 4
    return Array.from({ length }, (_, index) => valueOf(type.ofType, `${seat} ${index}`, at))
  }
  if (chance(`broken ${seat}`, seed) < broken && type.toString() === 'String') return BROKEN
  return valueOfNonNull(type, seat, at)
}

function valueOfNonNull(type: GraphQLOutputType, seat: string, at: At): unknown {
  if (isListType(type)) {
    const length = hash(`length ${seat}`) % 4
    return Array.from({ length }, (_, index) => valueOf(type.ofType, `${seat} ${index}`, at))
  }
  if (isCompositeType(type)) return objectOf(type, seat, at)
  if (isEnumType(type)) return type.getValues()[hash(seat) % type.getValues().length]?.name
  const { seed, broken } = at.faults
  // Never 0, '' or false: the stock executor takes those for nothing where it renames.
  if (type.toString() === 'Int') return 1 + (hash(seat) % 100)
  if (type.toString() === 'Float') return 0.5 + (hash(seat) % 100)
  if (type.toString() === 'Boolean') return true
  return chance(`broken ${seat}`, seed) < broken ? BROKEN : `${at.field} of ${at.owner} ${hash(seat) % 7}`
}

function objectOf(type: GraphQLNamedType, seat: string, { definition, owner, field }: At): Source {
  const isEntity =
    !isObjectType(type) || Object.hasOwn(type.getFields(), 'id') || Object.hasOwn(type.getFields(), 'sku')
  const ids = Array.from({ length: IDS * 4 }, (_, index) => `e${index}`).filter((candidate) =>
    fits(type, candidate, definition),
  )
  const id = isEntity ? (ids[hash(seat) % Math.min(ids.length, IDS)] ?? 'e0') : `${owner}.${field}`
  return { __typename: concreteType(type.name, id, definition), id }
}

/** Whether the object with this id is one of `type`: wherever it is met it is of the same one. */
function fits(type: GraphQLNamedType, id: string, { possibleTypes }: GraphDefinition): boolean {
  const possible = possibleTypes[type.name] ?? [type.name]
  const families = [possibleTypes['Node'], possibleTypes['Step']]
  const family = families.find((types) => types !== undefined && possible.every((name) => types.includes(name)))
  return family === undefined || possible.includes(family[hash(`kind ${id}`) % family.length] ?? '')
}

/** An abstract type's object is of a type that its id says. */
function concreteType(typename: string, id: string, { possibleTypes }: GraphDefinition): string {
  const possible = possibleTypes[typename]
  if (possible === undefined) return typename
  const family = possibleTypes['Node'] ?? possible
  const type = family[hash(`kind ${id}`) % family.length] ?? typename
  return possible.includes(type) ? type : (possible[hash(id) % possible.length] ?? typename)
}

const chance = (text: string, seed: number): number => (hash(`${seed} ${text}`) % 1000) / 1000

/** FNV-1a. */
export function hash(text: string): number {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  return (value ^ (value >>> 13)) >>> 0
}
