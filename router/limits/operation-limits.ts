import { type ExecutionResult, GraphQLError } from 'graphql'
import type { Metrics } from '#platform/runtime/metrics.ts'
import { type CostOf, createCost } from '../cost/operation-cost.ts'
import type { OperationRequest } from '../executor/executor.ts'
import type { RouterOptions } from '../options/router-options.ts'
import type { LoadedSupergraph } from '../supergraph/load-supergraph.ts'
import { limitError } from './limit-errors.ts'
import { callerOf } from './caller-counts.ts'
import { LEAST_COST } from './rate-limiter.ts'
import { countRefusals } from './refusals.ts'
import type { Traffic } from './traffic.ts'

/** Bounds on what operations cost. The variables of its requests are coerced. */
export type OperationLimits = {
  /** Lets an operation begin, and out again by the function that comes back; or OVERLOADED. */
  enter: Traffic['inFlight']['enter']
  /** Charges an operation to its caller; or says why it is not served: OPERATION_TOO_COSTLY, RATE_LIMITED, or as its cost has it. */
  charge(request: OperationRequest): GraphQLError | undefined
  /** The answer with `extensions.cost`, where the client asked for it. */
  withCost(request: OperationRequest, result: ExecutionResult): ExecutionResult
}

const COST_BUCKETS = [1, 10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000]
/** The request header, or member of `connection_init`, that asks for `extensions.cost`. */
export const COST_HEADER = 'x-include-cost'

/** The limits for one supergraph. Where it has neither `@cost` nor `@listSize` each operation costs 1, and none too much. */
export function createOperationLimits(
  supergraph: Pick<LoadedSupergraph, 'apiSchema' | 'costRules'>,
  { options, metrics, traffic }: { options: RouterOptions; metrics: Metrics; traffic: Traffic },
): OperationLimits {
  const costOf = createCostOf(supergraph, options)
  const countRefusal = countRefusals(metrics)
  const costs = metrics.histogram({
    name: 'agora_router_operation_cost',
    help: 'What operations cost at most, by @cost and @listSize, of those that were let begin',
    buckets: COST_BUCKETS,
  })
  const { maxCost } = options.limits
  return {
    enter: traffic.inFlight.enter,
    charge: ({ document, operationName, variables, context }) => {
      const cost = costOf === undefined ? LEAST_COST : estimate(costOf, { document, operationName, variables })
      if (cost instanceof GraphQLError) {
        if (cost.extensions['limit'] === 'fields') countRefusal('fields')
        return cost
      }
      if (cost > maxCost) {
        countRefusal('cost')
        return tooCostly(cost, maxCost)
      }
      const refusal = traffic.rateLimiter?.take(callerOf(context), Math.max(LEAST_COST, cost))
      if (refusal === undefined && costOf !== undefined) costs.add(cost)
      return refusal
    },
    withCost: (request, result) => {
      if (costOf === undefined || !isAsked(request.context.headers[COST_HEADER])) return result
      const cost = costOf(request.document, request.operationName)
      const estimated = cost.estimate(request.variables)
      const actual = cost.actual(result.data, request.variables)
      return { ...result, extensions: { ...result.extensions, cost: { estimated, actual, maximum: bounded(maxCost) } } }
    },
  }
}

function createCostOf(
  { apiSchema, costRules }: Pick<LoadedSupergraph, 'apiSchema' | 'costRules'>,
  { limits: { assumedListSize } }: RouterOptions,
): CostOf | undefined {
  return costRules && createCost({ schema: apiSchema, rules: costRules, assumedListSize })
}

function estimate(
  costOf: CostOf,
  { document, operationName, variables }: Pick<OperationRequest, 'document' | 'operationName' | 'variables'>,
): number | GraphQLError {
  try {
    return costOf(document, operationName).estimate(variables)
  } catch (error) {
    if (error instanceof GraphQLError) return error
    throw error
  }
}

const tooCostly = (actual: number, maximum: number): GraphQLError =>
  limitError(
    `the operation costs up to ${actual}, expected at most ${maximum}: ask for smaller pages or fewer fields`,
    {
      limit: 'cost',
      maximum,
      actual,
    },
  )

const isAsked = (header: unknown): boolean => header === '1' || header === 'true' || header === true

/** JSON knows no infinity. */
const bounded = (maximum: number): number | null => (Number.isFinite(maximum) ? maximum : null)
