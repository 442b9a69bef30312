import type { FetchNode, PlanNode } from '@apollo/query-planner'
import type { DocumentNode, ExecutionResult, FormattedExecutionResult } from 'graphql'
import type { DeferredAnswer } from '../defer/execute-deferred.ts'
import type { RequestContext } from '../request-context.ts'
import type { Denials } from '../security/denial-error.ts'

/** An operation that was parsed, validated and stripped of what the viewer may not see. */
export type OperationRequest = {
  readonly document: DocumentNode
  readonly operationName: string | undefined
  readonly variables: Readonly<Record<string, unknown>>
  readonly context: RequestContext
  /** What the source of a subscription brought, where the operation is one: the rest of its answer is fetched. */
  readonly event?: FormattedExecutionResult
  /** Whether the data of the answer is only to be written as JSON: it may be {@link textData} then. */
  readonly isWritten?: boolean
}

/** An operation with `@defer`, whose parts are answered as they come. */
export type DeferredRequest = OperationRequest & {
  /** The document with what the viewer may not see. */
  readonly client: DocumentNode
  readonly denials: Denials | undefined
  /** The client's labels, by those in the document. */
  readonly labels: ReadonlyMap<string, string | undefined>
}

/** How a subscription is served: `primary` is what its source subgraph is asked for, `rest` follows each event. */
export type SubscriptionPlan = {
  readonly primary: FetchNode
  readonly rest: PlanNode | undefined
  /** Executes `rest` for one event. The plan stays with its subscription, though the planner may have forgotten it. */
  answer(request: OperationRequest): Promise<ExecutionResult>
}

/** The seam behind which operations are planned and executed. It never throws for a fault of a subgraph: that is in `errors`. It throws QUERY_PLANNING_FAILED. */
export type Executor = {
  execute(request: OperationRequest): Promise<ExecutionResult>
  executeDeferred(request: DeferredRequest): Promise<DeferredAnswer>
  /** Compiles an operation ahead of its first request, where it can be planned. */
  warm(request: Pick<OperationRequest, 'document' | 'operationName'>): Promise<void>
  planSubscription(request: Pick<OperationRequest, 'document' | 'operationName' | 'context'>): Promise<SubscriptionPlan>
}
