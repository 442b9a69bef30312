import { operationFromDocument } from '@apollo/federation-internals'
import { buildOperationContext, executeQueryPlan, type GraphQLDataSource } from '@apollo/gateway'
import { type QueryPlan, QueryPlanner } from '@apollo/query-planner'
import { type DocumentNode, GraphQLError } from 'graphql'
import { LRUCache } from 'lru-cache'
import type { Logger } from '#platform/runtime/logger.ts'
import { maskErrors } from '../../../router/errors.ts'
import { nameBack, nameRepresentationsBack } from '../../../router/planner/name-back.ts'
import type { PlannedOperation } from '../../../router/planner/planned-operation.ts'
import type { Planner } from '../../../router/planner/planner.ts'
import { refuseUnanswerable } from '../../../router/planner/unanswerable.ts'
import { federated } from '../fixtures/federated.ts'
import type { LoadedSupergraph } from '../../../router/supergraph/load-supergraph.ts'
import type { Executor, OperationRequest, SubscriptionPlan } from '../../../router/executor/executor.ts'
import { createSubgraphSource } from './subgraph-source.ts'

type GatewayRequestContext = Parameters<typeof executeQueryPlan>[2]
type Sources = Record<string, GraphQLDataSource>
type Planned = Pick<OperationRequest, 'document' | 'operationName'>

// Planning costs milliseconds, and clients send the same documents again and again.
const REMEMBERED_PLANS = 2_000

/** The stock gateway's executor over HTTP. Without a `planner` of ours it plans as the stock gateway does, faults and all. */
export function createStockExecutor(
  supergraph: LoadedSupergraph,
  options: { log: Logger; timeoutMs: number; planner?: Pick<Planner, 'plan'> },
): Omit<Executor, 'executeDeferred' | 'warm'> {
  const sources: Sources = Object.fromEntries(
    supergraph.subgraphs.map((subgraph) => [subgraph.name, createSubgraphSource(subgraph, options)]),
  )
  const federatedApiSchema = federated(supergraph.sdl).apiSchema()
  const planOf = options.planner === undefined ? createStockPlanner(supergraph) : options.planner.plan
  const planFor = async ({ document, operationName, context }: Planned & Pick<OperationRequest, 'context'>) =>
    planOf(document, operationName, context.isOverridden)
  const executor: Omit<Executor, 'executeDeferred' | 'warm'> = {
    planSubscription: async (request) => ({
      ...subscriptionPlanOf((await planFor(request)).plan),
      answer: executor.execute,
    }),
    execute: async (request) => {
      const planned = await planFor(request)
      refuseUnanswerable(planned, request)
      const { plan, usedSources } = prepare(planned.plan, request, namedBack(sources, planned))
      const operationContext = buildOperationContext({
        schema: supergraph.apiSchema,
        operationDocument: planned.document,
        operationName: request.operationName,
      })
      const result = await executeQueryPlan(
        plan,
        usedSources,
        gatewayContextOf(request, options.log),
        operationContext,
        supergraph.schema,
        federatedApiSchema,
      )
      const answer = withCompletionErrors(result, { log: options.log, requestId: request.context.requestId })
      return nameBack(planned, answer)
    },
  }
  return executor
}

/** The stock executor renames no key that holds null, 0 or '', so representations are named here. */
const namedBack = (sources: Sources, { pathNames }: PlannedOperation): Sources =>
  pathNames.size === 0
    ? sources
    : Object.fromEntries(
        Object.entries(sources).map(([name, source]): [string, GraphQLDataSource] => [
          name,
          {
            process: (options) =>
              source.process({ ...options, request: nameRepresentationsBack(options.request, pathNames) }),
          },
        ]),
      )

const NOTHING = { sourceKeys: new Map(), pathNames: new Map(), unanswerable: new Set<string>() }

function createStockPlanner(supergraph: LoadedSupergraph): Planner['plan'] {
  const planOf = createPlanCache(supergraph)
  return (document, operationName) => ({ ...NOTHING, document, plan: planOf({ document, operationName }) })
}

/** Plans as Apollo's planner makes them, on the thread that asks. */
export function createPlanCache(supergraph: LoadedSupergraph): (request: Planned) => QueryPlan {
  const federatedSupergraph = federated(supergraph.sdl)
  const schema = federatedSupergraph.apiSchema()
  const planner = new QueryPlanner(federatedSupergraph)
  const plans = new WeakMap<DocumentNode, Map<string, QueryPlan>>()
  // Keeps the documents, and with them their plans, alive.
  const recent = new LRUCache<DocumentNode, true>({ max: REMEMBERED_PLANS })
  const plan = ({ document, operationName }: Planned): QueryPlan =>
    planner.buildQueryPlan(
      operationFromDocument(schema, document, {
        ...(operationName !== undefined && { operationName }),
      }),
    )
  return ({ document, operationName }) => {
    const byName = plans.get(document) ?? new Map<string, QueryPlan>()
    const known = byName.get(operationName ?? '') ?? plan({ document, operationName })
    plans.set(document, byName.set(operationName ?? '', known))
    recent.set(document, true)
    return known
  }
}

function subscriptionPlanOf(plan: QueryPlan): Pick<SubscriptionPlan, 'primary' | 'rest'> {
  if (plan.node?.kind !== 'Subscription') throw new Error(`expected the plan of a subscription, got ${plan.node?.kind}`)
  return { primary: plan.node.primary, rest: plan.node.rest }
}

/** For an event: a plan whose first fetch is answered by the event itself, and the rest as ever. */
function prepare(
  plan: QueryPlan,
  request: OperationRequest,
  sources: Sources,
): { plan: QueryPlan; usedSources: Sources } {
  const { event } = request
  if (event === undefined) return { plan, usedSources: sources }
  const { primary, rest } = subscriptionPlanOf(plan)
  const live = sources[primary.serviceName]
  const source: GraphQLDataSource = {
    process: async (options) => {
      const isPrimary = options.kind === 'incoming operation' && (options.pathInIncomingRequest ?? []).length === 0
      if (isPrimary || live === undefined)
        return { data: event.data ?? null, ...(event.errors && { errors: event.errors }) }
      return live.process(options)
    },
  }
  return {
    plan: { kind: 'QueryPlan', node: { kind: 'Sequence', nodes: rest === undefined ? [primary] : [primary, rest] } },
    usedSources: { ...sources, [primary.serviceName]: source },
  }
}

/** The stock executor reads of Apollo Server's request context only what is here; its type asks for all of it. */
const gatewayContextOf = ({ variables, context }: OperationRequest, log: Logger): GatewayRequestContext =>
  ({ request: { variables }, context, logger: log, metrics: {} }) as unknown as GatewayRequestContext

type Result = Awaited<ReturnType<typeof executeQueryPlan>>

/** Non-null violations and bad leaves belong into `errors`; the stock executor hides them in `extensions.valueCompletion`. */
function withCompletionErrors(result: Result, at: { log: Logger; requestId: string }) {
  const completion = (result.extensions?.['valueCompletion'] ?? []) as readonly GraphQLError[]
  const violations = completion.map(
    (error) =>
      new GraphQLError(error.message, {
        ...(error.path && { path: error.path }),
        extensions: { code: 'DOWNSTREAM_SERVICE_ERROR' },
      }),
  )
  const errors = [...maskErrors(result.errors ?? [], at), ...violations]
  return { data: result.data ?? null, ...(errors.length > 0 && { errors }) }
}
