import { prettyFormatQueryPlan, type PlanNode, type QueryPlan } from '@apollo/query-planner'
import { type DocumentNode, getOperationAST, getVariableValues, print, validate } from 'graphql'
import { createCost } from '../../../router/cost/operation-cost.ts'
import { readRouterOptions } from '../../../router/options/router-options.ts'
import { mendSupergraph } from '../../../router/planner/mend-supergraph.ts'
import { createPlanOperation } from '../../../router/planner/plan-operation.ts'
import { loadSupergraph } from '../../../router/supergraph/load-supergraph.ts'
import { readConfig } from '#platform/runtime/config.ts'
import { GraphError } from '../graph-error.ts'

/** A call of a subgraph; `step` is how many answers it waits for, `of` the types whose entities it asks for, none at the root. */
export type PlannedFetch = { subgraph: string; step: number; of: readonly string[]; at: string; operation: string }

/** What the router does for an operation. `cost` is undefined where the graph has neither `@cost` nor `@listSize`. */
export type Explanation = {
  name: string
  cost: number | undefined
  fetches: readonly PlannedFetch[]
  /** The plan as Apollo prints it. */
  plan: string
}

/** Plans an operation as the router does. Throws {@link GraphError} where the graph or the planner refuses it. */
export async function explain(
  supergraphSdl: string,
  asked: { document: DocumentNode; variables: Readonly<Record<string, unknown>> },
): Promise<Explanation> {
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
    cost: await costOf(supergraph, asked),
    fetches: plan.node === undefined ? [] : fetchesOf(plan.node, 1, '').fetches,
    plan: prettyFormatQueryPlan(plan),
  }
}

async function costOf(
  { apiSchema, costRules }: ReturnType<typeof loadSupergraph>,
  { document, variables }: { document: DocumentNode; variables: Readonly<Record<string, unknown>> },
): Promise<number | undefined> {
  if (costRules === undefined) return undefined
  const { limits } = await readRouterOptions(readConfig({}))
  const { coerced, errors } = getVariableValues(
    apiSchema,
    getOperationAST(document)?.variableDefinitions ?? [],
    variables,
  )
  if (errors !== undefined) throw new GraphError(`--variables: ${errors[0]?.message}`)
  const rules = { schema: apiSchema, rules: costRules, assumedListSize: limits.assumedListSize }
  return createCost(rules)(document, undefined).estimate(coerced)
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
