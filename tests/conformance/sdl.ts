import {
  buildASTSchema,
  type ConstDirectiveNode,
  type DocumentNode,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
  print,
} from 'graphql'
import { newId } from '#platform/kernel/ids.ts'
import type { SubgraphName } from '#platform/runtime/names.ts'
import { readSubgraphSdl } from '#platform/graphql/schema.ts'

/** A subgraph as its SDL says it is. */
export type SubgraphSdl = { name: SubgraphName; schema: GraphQLSchema; document: DocumentNode }

/** A field of an object type, with the type it stands on. */
export type FieldAt = { type: GraphQLObjectType; field: Field }

type Field = GraphQLField<unknown, unknown>
type Annotated = { astNode?: { readonly directives?: readonly ConstDirectiveNode[] | undefined } | null | undefined }

/** Reads the SDL that `name` is written from. */
export async function readSdl(name: SubgraphName): Promise<SubgraphSdl> {
  const document = await readSubgraphSdl(name)
  return { name, document, schema: schemaOf(document) }
}

/** A schema to walk: federation's directives are not declared in it. */
const schemaOf = (document: DocumentNode): GraphQLSchema => buildASTSchema(document, { assumeValidSDL: true })

/** Every field of every object type. */
export const fieldsOf = ({ schema }: SubgraphSdl): FieldAt[] =>
  objectTypes(schema).flatMap((type) => Object.values(type.getFields()).map((field) => ({ type, field })))

/** The fields at the root, with the operation they are asked by. */
export function rootFields(sdl: SubgraphSdl): { operation: 'query' | 'mutation' | 'subscription'; field: Field }[] {
  const roots = [
    ['query', sdl.schema.getQueryType()],
    ['mutation', sdl.schema.getMutationType()],
    ['subscription', sdl.schema.getSubscriptionType()],
  ] as const
  return roots.flatMap(([operation, type]) =>
    Object.values(type?.getFields() ?? {}).map((field) => ({ operation, field })),
  )
}

/** The entity types that the subgraph resolves references of. */
export const entityTypes = ({ schema }: SubgraphSdl): GraphQLObjectType[] =>
  objectTypes(schema).filter((type) =>
    directive(type, 'key')?.arguments?.every(
      ({ name, value }) => name.value !== 'resolvable' || print(value) === 'true',
    ),
  )

const objectTypes = (schema: GraphQLSchema): GraphQLObjectType[] =>
  Object.values(schema.getTypeMap()).filter(
    (type) => isObjectType(type) && !type.name.startsWith('__'),
  ) as GraphQLObjectType[]

/** The directive `name` of a type or field; undefined where it has none. */
export const directive = (of: Annotated, name: string): ConstDirectiveNode | undefined =>
  of.astNode?.directives?.find((found) => found.name.value === name)

/** A whole operation for one field of the root, every required argument filled in. */
export const operationFor = (operation: string, field: Field, args: Readonly<Record<string, unknown>> = {}): string =>
  `${operation} { ${call(field, args)} }`

/** The field with its required arguments, `args`, and the least selection. */
export const call = (field: Field, args: Readonly<Record<string, unknown>> = {}): string =>
  `${field.name}${argumentsOf(field, args)}${leastSelection(field.type)}`

function argumentsOf(field: Field, given: Readonly<Record<string, unknown>>): string {
  const written = field.args.flatMap((arg) => {
    if (arg.name in given) return [`${arg.name}: ${literal(given[arg.name])}`]
    return isRequired(arg) ? [`${arg.name}: ${sample(arg.type)}`] : []
  })
  return written.length === 0 ? '' : `(${written.join(', ')})`
}

const literal = (value: unknown): string => (value === undefined ? 'null' : JSON.stringify(value))

const leastSelection = (type: GraphQLOutputType): string =>
  isObjectType(getNamedType(type)) || isInterfaceType(getNamedType(type)) ? ' { __typename }' : ''

const isRequired = (input: GraphQLArgument | GraphQLInputField): boolean =>
  isNonNullType(input.type) && input.defaultValue === undefined

/** A value of the type that passes coercion, as GraphQL writes it: ids nobody has, an amount of one. */
function sample(type: GraphQLInputType): string {
  const nullable = getNullableType(type)
  if (isListType(nullable)) return `[${sample(nullable.ofType)}]`
  if (isEnumType(nullable)) return nullable.getValues()[0]?.name ?? ''
  if (isInputObjectType(nullable)) {
    const fields = Object.values(nullable.getFields()).filter(isRequired)
    return `{ ${fields.map((field) => `${field.name}: ${SAMPLES[field.name] ?? sample(field.type)}`).join(', ')} }`
  }
  return isScalarType(nullable) ? sampleScalar(nullable.name) : ''
}

const SAMPLES: Readonly<Record<string, string | undefined>> = {
  Boolean: 'true',
  Date: '"2026-11-20"',
  DateTime: '"2026-11-20T15:30:00.000Z"',
  Decimal: '"1.00"',
  Float: '1',
  Int: '1',
  String: '"sample"',
  URL: '"https://example.com/"',
  // By name: it must be a country, or nothing goes on.
  countryCode: '"GB"',
}

const sampleScalar = (name: string): string => SAMPLES[name] ?? JSON.stringify(newId())

/** Fields below an entity, from its reference down to `target`, the shortest way; null where none leads there. */
export function pathTo(sdl: SubgraphSdl, target: FieldAt): { entity: GraphQLObjectType; path: Field[] } | null {
  const ways = entityTypes(sdl).flatMap((entity) => {
    const path = below(entity, target, new Set())
    return path === null ? [] : [{ entity, path }]
  })
  return ways.toSorted((a, b) => a.path.length - b.path.length)[0] ?? null
}

function below(type: GraphQLObjectType, target: FieldAt, seen: Set<string>): Field[] | null {
  if (type.name === target.type.name) return [target.field]
  if (seen.has(type.name)) return null
  seen.add(type.name)
  for (const field of Object.values(type.getFields())) {
    const next: GraphQLNamedType = getNamedType(field.type)
    const rest = isObjectType(next) ? below(next, target, seen) : null
    if (rest !== null) return [field, ...rest]
  }
  return null
}

/** The fields of a path as one selection. */
export const selectionOf = (path: readonly Field[], args: Readonly<Record<string, unknown>>): string =>
  path.reduceRight((inner, field) => {
    const isLast = inner === ''
    return isLast ? call(field, args) : `${field.name}${argumentsOf(field, {})} { ${inner} }`
  }, '')
