import { createHash } from 'node:crypto'
import type { FetchNode } from '@apollo/query-planner'
import type { GraphQLObjectType } from 'graphql'
import type { LoadedSupergraph } from '../supergraph/load-supergraph.ts'
import type { CacheHints } from './cache-hints.ts'
import { fieldPolicy } from './field-policy.ts'
import { type FetchRules, readFetchRules } from './fetch-rules.ts'
import type { KeyFields } from './tags.ts'
import { withKeys } from './with-keys.ts'

/** What the cache has to do with one fetch of a plan: it may keep the answer, or drops what the answer shows was changed. */
export type FetchCaching = FetchRules & {
  kind: 'keeps' | 'drops'
  /** Equal for equal fetches, whatever the client calls its operation. */
  id: string
  subgraph: string
  keys: KeyFields
  /** What is asked of the subgraph: with the keys of all entities. */
  operation: string
}

/** Tells what the cache has to do with a fetch; undefined where nothing. */
export type FetchCachingOf = (node: FetchNode) => FetchCaching | undefined

/** For one supergraph and its hints. */
export function createFetchCaching(hints: CacheHints, supergraph: LoadedSupergraph): FetchCachingOf {
  const keysBySubgraph = new Map(supergraph.subgraphs.map(({ name }) => [name, keysIn(name, hints)]))
  const kept = subgraphsKept(hints, supergraph)
  return (node) => {
    const { serviceName: subgraph, operation, operationKind, operationName = '' } = node
    if (!kept.has(subgraph) || operationKind === 'subscription') return undefined
    const keys = keysBySubgraph.get(subgraph) ?? new Map()
    const rules = readFetchRules(node, hints, supergraph)
    const kind = operationKind === 'mutation' ? 'drops' : 'keeps'
    if (kind === 'keeps' && rules.maxAgeS === 0) return undefined
    const keyed = withKeys(operation, supergraph.schema, keys)
    if (keyed === undefined && kind === 'keeps') return undefined
    const anonymous = operation.replace(operationName, '').replace(/^query\s*(?=\{)/, '')
    const id = hash(`${subgraph} ${anonymous}`)
    return { ...rules, kind, id, subgraph, keys, operation: keyed ?? operation }
  }
}

const hash = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 22)

const keysIn = (subgraph: string, { keys }: CacheHints): KeyFields =>
  new Map(
    [...keys].flatMap(([type, bySubgraph]) => {
      const fields = bySubgraph.get(subgraph)
      return fields === undefined ? [] : [[type, fields] as const]
    }),
  )

/** The subgraphs of which anything may ever be kept: mutations of the others have nothing to drop. */
function subgraphsKept(hints: CacheHints, { schema, subgraphs }: LoadedSupergraph): ReadonlySet<string> {
  const query = schema.getQueryType()
  const isKept = (name: string): boolean => {
    if (query && owns(query, name, hints, (field) => (policyIn(query, field, hints, true) ?? 1) > 0)) return true
    return [...keysIn(name, hints)].some(([typename, key]) => {
      const type = schema.getType(typename) as GraphQLObjectType
      if ((hints.hints.get(typename)?.maxAgeS ?? 0) === 0) return false
      return owns(type, name, hints, (field) => !key.includes(field) && policyIn(type, field, hints, false) !== 0)
    })
  }
  return new Set(subgraphs.map(({ name }) => name).filter(isKept))
}

function policyIn(type: GraphQLObjectType, name: string, hints: CacheHints, isRoot: boolean): number | undefined {
  const field = type.getFields()[name]
  return field === undefined ? 0 : fieldPolicy(hints, `${type.name}.${name}`, field, isRoot).maxAgeS
}

/** Whether `subgraph` resolves a field of `type` that `isWanted`. */
const owns = (
  type: GraphQLObjectType,
  subgraph: string,
  hints: CacheHints,
  isWanted: (field: string) => boolean,
): boolean =>
  Object.keys(type.getFields()).some(
    (field) => hints.owners.get(`${type.name}.${field}`)?.has(subgraph) === true && isWanted(field),
  )
