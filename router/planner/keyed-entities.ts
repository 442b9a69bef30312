import type { FetchNode, QueryPlanInlineFragmentNode, QueryPlanSelectionNode } from '@apollo/query-planner'
import type { MendedSupergraph } from './mend-supergraph.ts'
import { readPaths } from './read-paths.ts'

type Known = Pick<MendedSupergraph, 'keys' | 'implementers'>

/**
 * What is required of an interface is read of all its types, also where the fetch is for some of them, and only those come
 * with a key. The others would be asked for by nothing that tells which entity is meant: they are left out.
 */
export function withKeyedEntities(fetch: FetchNode, supergraph: Known): FetchNode {
  const { requires = [], serviceName } = fetch
  const isKeyed = (part: QueryPlanSelectionNode) => hasKey(part, serviceName, supergraph)
  const keyed = new Set(requires.filter(isKeyed).flatMap((part) => typesOf(part, supergraph)))
  if (keyed.size === 0) return fetch
  const mended = requires.flatMap((part): QueryPlanSelectionNode[] => {
    if (part.kind === 'Field' || isKeyed(part) || !supergraph.implementers.has(part.typeCondition ?? '')) return [part]
    const types = typesOf(part, supergraph)
    const own = types.filter((type) => keyed.has(type))
    return own.length === types.length ? [part] : own.map((typeCondition) => ({ ...part, typeCondition }))
  })
  return { ...fetch, requires: mended }
}

/** The object types that a fragment is for. */
const typesOf = (part: QueryPlanSelectionNode, { implementers }: Known): readonly string[] =>
  part.kind === 'Field' ? [] : (implementers.get(conditionOf(part)) ?? [conditionOf(part)])

const conditionOf = ({ typeCondition = '' }: QueryPlanInlineFragmentNode): string => typeCondition

function hasKey(part: QueryPlanSelectionNode, subgraph: string, { keys, implementers }: Known): boolean {
  if (part.kind === 'Field') return false
  const type = conditionOf(part)
  const interfaces = [...implementers].filter(([, types]) => types.includes(type)).map(([name]) => name)
  const own = new Set([type, ...interfaces].flatMap((name) => keys.get(`${subgraph} ${name}`) ?? []))
  return readPaths(part.selections).some((path) => own.has(path))
}
