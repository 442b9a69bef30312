import {
  getNamedType,
  type GraphQLNamedType,
  type GraphQLSchema,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isSpecifiedScalarType,
  parse,
  validate,
} from 'graphql'
import { coordinatesOf } from '#platform/graphql/coordinates.ts'
import type { ListSize } from '../../../router/cost/cost-rules.ts'
import { describe } from '../../../router/security/requirement.ts'
import { readGraph } from '../../../router/supergraph/contract-graph.ts'
import { type LoadedSupergraph, loadSupergraph } from '../../../router/supergraph/load-supergraph.ts'
import type { ClientDocument } from '../source/operations.ts'
import { type Owner, readOwners } from './owners.ts'

/** What a supergraph says of one schema coordinate beside its type. */
export type Facts = {
  readonly owners: readonly Owner[]
  /** What a request must bring, in words; empty where nothing. */
  readonly access: string
  readonly cost: number | undefined
  readonly listSize: ListSize | undefined
  readonly tags: readonly string[]
  /** How long answers may be kept, in seconds. */
  readonly maxAgeS: number | undefined
}

/** Where an operation uses a coordinate. */
export type Use = { readonly operation: string; readonly lines: readonly number[] }

/** Everything that the pages tell. */
export type Reference = {
  readonly title: string
  readonly api: GraphQLSchema
  readonly subgraphs: readonly string[]
  /** What clients see, in the order of the alphabet, without the scalars that GraphQL brings. */
  readonly types: readonly GraphQLNamedType[]
  /** The operations that fit the API; `omitted` are the names of those that do not. */
  readonly operations: readonly ClientDocument[]
  readonly omitted: readonly string[]
  facts(coordinate: string): Facts
  uses(coordinate: string): readonly Use[]
  /** The coordinates of the fields and arguments of a type. */
  mentions(type: string): readonly string[]
}

/** Reads what the reference of a supergraph tells; `documents` are the operations of its clients. */
export function createReference(supergraphSdl: string, documents: readonly ClientDocument[], title: string): Reference {
  const supergraph = loadSupergraph(supergraphSdl)
  const { apiSchema: api } = supergraph
  const fitting = documents.filter(({ document }) => validate(api, document).length === 0)
  const uses = usesOf(fitting, api)
  const mentions = mentionsOf(api)
  return {
    title,
    api,
    subgraphs: supergraph.subgraphs.map(({ name }) => name),
    types: Object.values(api.getTypeMap())
      .filter((type) => !type.name.startsWith('__') && !isSpecifiedScalarType(type))
      .toSorted((one, other) => (one.name < other.name ? -1 : 1)),
    operations: fitting,
    omitted: documents.filter((one) => !fitting.includes(one)).map(({ name }) => name),
    facts: factsOf(supergraph),
    uses: (coordinate) => uses.get(coordinate) ?? [],
    mentions: (type) => mentions.get(type) ?? [],
  }
}

function factsOf({ sdl, schema, accessRules, costRules, cacheHints }: LoadedSupergraph): Reference['facts'] {
  const { elements } = readGraph(parse(sdl, { noLocation: true }))
  const owners = readOwners(schema)
  return (coordinate) => {
    const requirement = accessRules.get(coordinate)
    return {
      owners: owners(coordinate),
      access: requirement === undefined ? '' : describe(requirement),
      cost: costRules?.weights.get(coordinate),
      listSize: costRules?.listSizes.get(coordinate),
      tags: elements.get(coordinate)?.tags ?? [],
      maxAgeS: cacheHints?.hints.get(coordinate)?.maxAgeS,
    }
  }
}

function usesOf(documents: readonly ClientDocument[], api: GraphQLSchema): ReadonlyMap<string, readonly Use[]> {
  const uses = new Map<string, Use[]>()
  for (const { name, document } of documents)
    for (const [coordinate, lines] of coordinatesOf(document, api))
      uses.set(coordinate, [...(uses.get(coordinate) ?? []), { operation: name, lines }])
  return uses
}

function mentionsOf(api: GraphQLSchema): ReadonlyMap<string, readonly string[]> {
  const mentions = new Map<string, string[]>()
  const mention = (type: string, coordinate: string) =>
    void mentions.set(type, [...(mentions.get(type) ?? []), coordinate])
  for (const type of Object.values(api.getTypeMap())) {
    if (type.name.startsWith('__')) continue
    if (isInputObjectType(type))
      for (const field of Object.values(type.getFields()))
        mention(getNamedType(field.type).name, `${type.name}.${field.name}`)
    if (!isObjectType(type) && !isInterfaceType(type)) continue
    for (const field of Object.values(type.getFields())) {
      mention(getNamedType(field.type).name, `${type.name}.${field.name}`)
      for (const given of field.args)
        mention(getNamedType(given.type).name, `${type.name}.${field.name}(${given.name}:)`)
    }
  }
  return mentions
}
