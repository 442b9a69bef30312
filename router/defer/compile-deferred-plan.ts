import type { DeferNode, PlanNode } from '@apollo/query-planner'
import { compilePlan, type Step } from '../executor/compile-plan.ts'
import { isApart } from '../planner/requires-apart.ts'
import type { LoadedSupergraph } from '../supergraph/load-supergraph.ts'

/** A plan of which parts are fetched later. */
export type DeferredPlan = {
  readonly primary: Step | undefined
  /** The ids of the fetches in `primary` that others wait for. */
  readonly fetchIds: readonly string[]
  readonly deferred: readonly DeferredPart[]
}

/**
 * What the fragment with `label` needs, once the fetches that it depends on are in. `isApart`: it is no client's, and belongs
 * to the part around it.
 */
export type DeferredPart = {
  readonly label: string
  readonly isApart: boolean
  readonly depends: readonly string[]
  readonly plan: DeferredPlan
}

/** Compiles the plan of an operation with `@defer`: a node of that kind is the outermost, of the plan or of a deferred part. */
export function compileDeferredPlan(supergraph: LoadedSupergraph, node: PlanNode | undefined): DeferredPlan {
  if (node?.kind !== 'Defer')
    return { primary: compilePlan(supergraph, node), fetchIds: fetchIdsOf(node), deferred: [] }
  return {
    primary: compilePlan(supergraph, node.primary.node),
    fetchIds: fetchIdsOf(node.primary.node),
    deferred: node.deferred.map((part) => compilePart(supergraph, part)),
  }
}

const compilePart = (supergraph: LoadedSupergraph, part: DeferNode['deferred'][number]): DeferredPart => ({
  label: part.label ?? '',
  isApart: isApart(part.label ?? ''),
  depends: part.depends.map(({ id }) => id),
  plan: compileDeferredPlan(supergraph, part.node),
})

/** Of the plan and not of its steps: equal fetches become one step. */
function fetchIdsOf(node: PlanNode | undefined): string[] {
  switch (node?.kind) {
    case 'Fetch':
      return node.id === undefined ? [] : [node.id]
    case 'Flatten':
      return fetchIdsOf(node.node)
    case 'Sequence':
    case 'Parallel':
      return node.nodes.flatMap(fetchIdsOf)
    case 'Condition':
      return [...fetchIdsOf(node.ifClause), ...fetchIdsOf(node.elseClause)]
    default:
      return []
  }
}
