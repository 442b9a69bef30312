import { operationFromDocument, ROUTER_SUPPORTED_SUPERGRAPH_FEATURES, Supergraph } from '@apollo/federation-internals'
import { type QueryPlan, QueryPlanner } from '@apollo/query-planner'
import { type DocumentNode, parse } from 'graphql'
import { mendPlan } from './mend-plan.ts'
import type { MendedSupergraph } from './mend-supergraph.ts'
import { withOwnFetchIds } from './mutation-fetch-ids.ts'
import { planInParts } from './plan-in-parts.ts'
import { uncoveredRootFields } from './root-coverage.ts'

/** One operation to plan, the only one in its text, and the override labels that are on. */
export type PlanRequest = { readonly text: string; readonly labels: readonly string[] }

/** A plan as text, which is quicker to hand to another thread than as an object, or why there is none. */
export type PlanAnswer = { plan: string; unanswerable: readonly string[] } | PlanFailure

/** `failure` is for the client, `reason` for the log. `isFinal`: it would be the same the next time. */
export type PlanFailure = { failure: string; reason?: string; isFinal?: boolean }

/** Apollo's planner for one supergraph. It takes a while to make, and blocks its thread for as long as it plans. */
export function createPlanOperation(mended: MendedSupergraph): (request: PlanRequest) => PlanAnswer {
  const supergraph = Supergraph.build(mended.sdl, {
    supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES,
    // What was mended was valid; fields that stand-ins have replaced look as if nobody used them.
    validateSupergraph: false,
  })
  const schema = supergraph.apiSchema()
  const planner = new QueryPlanner(supergraph, { incrementalDelivery: { enableDefer: true } })
  const build = (document: DocumentNode, labels: readonly string[]): QueryPlan =>
    planner.buildQueryPlan(operationFromDocument(schema, document), {
      overrideConditions: new Map(labels.map((label): [string, boolean] => [label, true])),
    })
  return ({ text, labels }) => {
    const document = parse(text, { noLocation: true })
    const built = planInParts((asked) => build(asked, labels), document, mended)
    const { always, conditionally } = uncoveredRootFields(document, built)
    if (always.length > 0) return { failure: `no subgraph can answer ${always.join(', ')}`, isFinal: true }
    return { plan: JSON.stringify(mendPlan(withOwnFetchIds(built), mended)), unanswerable: conditionally }
  }
}
