import { prettyFormatQueryPlan, type PlanNode, type QueryPlan } from '@apollo/query-planner'
import { getOperationAST, print, validate } from 'graphql'
import { mendSupergraph } from '../../../router/planner/mend-supergraph.ts'
import { createPlanOperation } from '../../../router/planner/plan-operation.ts'
import { loadSupergraph } from '../../../router/supergraph/load-supergraph.ts'
import { GraphError } from '../graph-error.ts'
import { type Asked, type Cost, costOf } from './cost.ts'

/** A call of a subgraph; `step` is how many answers it waits for, `of` the types whose entities it asks for, none at the root. */
export type PlannedFetch = { subgraph: string; step: number; of: readonly string[]; at: string; operation: string }

/** What the router does for an operation. */
export type Explanation = Cost & {
  name: string
  fetches: readonly PlannedFetch[]
  /** The plan as Apollo prints it. */
  plan: string
}

/** Plans an operation as the router does. Throws {@link GraphError} where the graph or the planner refuses it. */
export async function explain(supergraphSdl: string, asked: Asked): Promise<Explanation> {
  const { document } = asked
  const supergraph = loadSupergraph(supergraphSdl)
  const [invalid] = validate(supergraph.apiSchema, document)
  if (invalid !== undefined) throw new GraphError(`the graph refuses the operation: ${invalid.message}`)
  const operation = getOperationAST(document)
  if (!operation) throw new GraphError('expected a document with one operation')
  const planned = createPlanOperation(mendSupergraph(supergraphSdl))({ text: print(document), labels: [] })
  if ('failure' in planned) throw new GraphError(`the operation can't be planned: ${planned.failure}`)
  const plan = JSON.parse(planned.plan) as QueryPlan
  return {
    name: operation.name?.value ?? 'the operation',
    ...(await costOf(supergraph, operation, asked)),
    fetches: plan.node === undefined ? [] : fetchesOf(plan.node, 1, '').fetches,
    plan: prettyFormatQueryPlan(plan),
  }
}

type Node = NonNullable<QueryPlan['node']>
type Walked = { fetches: PlannedFetch[]; end: number }

/** Every fetch under a node that begins at `step`, and the step after it. */
function fetchesOf(node: Node, step: number, at: string): Walked {
  switch (node.kind) {
    case 'Fetch':
      return { fetches: [fetchOf(node, step, at)], end: step + 1 }
    case 'Flatten':
      return fetchesOf(node.node, step, node.path.join('.'))
    case 'Parallel':
      return together(node.nodes.map((inner) => fetchesOf(inner, step, at)))
    case 'Sequence':
      return oneAfterTheOther(node.nodes, step, at)
    case 'Subscription':
      return oneAfterTheOther([node.primary, ...(node.rest === undefined ? [] : [node.rest])], step, at)
    case 'Condition':
      return together([node.ifClause, node.elseClause].flatMap((inner) => (inner ? [fetchesOf(inner, step, at)] : [])))
    case 'Defer':
      return oneAfterTheOther(
        [node.primary.node, ...node.deferred.map((part) => part.node)].filter((part) => part !== undefined),
        step,
        at,
      )
  }
}

const together = (parts: readonly Walked[]): Walked => ({
  fetches: parts.flatMap(({ fetches }) => fetches),
  end: Math.max(1, ...parts.map(({ end }) => end)),
})

function oneAfterTheOther(nodes: readonly PlanNode[], step: number, at: string): Walked {
  let end = step
  const fetches = nodes.flatMap((node) => {
    const walked = fetchesOf(node, end, at)
    end = walked.end
    return walked.fetches
  })
  return { fetches, end }
}

function fetchOf(node: Extract<Node, { kind: 'Fetch' }>, step: number, at: string): PlannedFetch {
  const of = (node.requires ?? []).flatMap((part) => (part.kind === 'InlineFragment' ? (part.typeCondition ?? []) : []))
  return { subgraph: node.serviceName, step, of: [...new Set(of)], at, operation: node.operation }
}

/** `ProductPage: 3 fetches in 2 steps, costs up to 52`, and what that follows from. */
export function summaryOf({ name, fetches, cost, given, missing }: Explanation): string {
  const steps = new Set(fetches.map(({ step }) => step)).size
  const planned = `${name}: ${counted(fetches.length, 'fetch', 'fetches')} in ${counted(steps, 'step', 'steps')}`
  if (missing.length > 0) return `${planned}; its cost depends on $${missing.join(', $')}`
  if (cost === undefined) return planned
  const sizes = Object.entries(given).filter(([, value]) => typeof value === 'number' || typeof value === 'boolean')
  const by = sizes.map(([variable, value]) => `$${variable} ${String(value)}`).join(', ')
  return `${planned}, costs up to ${cost}${by === '' ? '' : ` with ${by}`}`
}

const counted = (number: number, one: string, more: string): string => `${number} ${number === 1 ? one : more}`
