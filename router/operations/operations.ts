import {
  type DocumentNode,
  type ExecutionResult,
  type FormattedExecutionResult,
  getOperationAST,
  getVariableValues,
  GraphQLError,
  type OperationDefinitionNode,
} from 'graphql'
import { messageOf } from '#platform/kernel/errors.ts'
import type { Logger } from '#platform/runtime/logger.ts'
import { withoutDefer } from '../defer/defer-directive.ts'
import { type DeferredDocument, deferredDocument } from '../defer/deferred-document.ts'
import type { DeferredAnswer } from '../defer/execute-deferred.ts'
import { maskErrors } from '../errors.ts'
import type { Executor, OperationRequest, SubscriptionPlan } from '../executor/executor.ts'
import type { OperationLimits } from '../limits/operation-limits.ts'
import type { RequestContext } from '../request-context.ts'
import { createAccess } from '../security/access.ts'
import { denialError } from '../security/denial-error.ts'
import { createFilter, type FilteredOperation } from '../security/filter-operation.ts'
import type { Access } from '../security/requirement.ts'
import { isPlanningFailure } from '../planner/planner.ts'
import type { PolicyEvaluator } from '../options/authorization.ts'
import type { LoadedSupergraph } from '../supergraph/load-supergraph.ts'
import { isIncluded } from './is-included.ts'
import { project } from './project.ts'
import { rootFields } from './root-fields.ts'

/** A subscription that may be served: what to ask its source, and how each of its events becomes an answer. */
export type PreparedSubscription = {
  plan: SubscriptionPlan
  filtered: FilteredOperation
  variables: OperationRequest['variables']
  answer(event: FormattedExecutionResult, context: RequestContext): Promise<ExecutionResult>
}

/** Serves validated operations: refuses, filters, executes, projects. Whichever transport they came by. */
export type Operations = {
  /** Whatever is deferred in it comes with the rest. */
  execute(request: OperationRequest): Promise<ExecutionResult>
  /** For clients that read an answer in parts. One that has nothing deferred comes whole. */
  executeDeferred(request: OperationRequest): Promise<ExecutionResult | DeferredAnswer>
  prepareSubscription(request: OperationRequest): Promise<PreparedSubscription | { errors: readonly GraphQLError[] }>
}

/** The operations of one supergraph. Without `policies` no `@policy` is met. */
export function createOperations(
  supergraph: LoadedSupergraph,
  executor: Executor,
  { log, policies, limits }: { log: Logger; policies?: PolicyEvaluator | undefined; limits: OperationLimits },
): Operations {
  const { apiSchema, accessRules } = supergraph
  const filter = createFilter(apiSchema, accessRules)
  const accessTo = createAccess(apiSchema, accessRules, policies)
  const unlessUnplannable = async <Result>(result: Promise<Result>, { context }: OperationRequest) => {
    try {
      return await result
    } catch (error) {
      if (!isPlanningFailure(error)) throw error
      log.warn(
        { reason: messageOf(error.originalError ?? error), requestId: context.requestId },
        'an operation could not be planned',
      )
      return { errors: [new GraphQLError(error.message, { extensions: error.extensions })], data: null }
    }
  }
  const coerce = ({ variableDefinitions = [] }: OperationDefinitionNode, given: OperationRequest['variables']) =>
    variableDefinitions.length === 0
      ? NO_VARIABLES
      : getVariableValues(apiSchema, variableDefinitions, given, { maxErrors: 20 })
  const run = async (
    { request, filtered }: Admitted,
    executing: Executor['execute'] = executor.execute,
  ): Promise<ExecutionResult> => {
    const isWritten = request.isWritten === true && !filtered.hasDenials
    const served = { ...request, document: filtered.document, isWritten }
    const result = await unlessUnplannable(executing(served), request)
    return limits.withCost(request, project(apiSchema, request, filtered, result))
  }
  const admit = (request: OperationRequest, access: Access, toServed: ToServed = wholeOf): Admitted | Refused => {
    const operation = getOperationAST(request.document, request.operationName)
    if (!operation)
      return refuse('OPERATION_RESOLUTION_FAILURE', 'operationName: expected the name of an operation of the document')
    const { coerced, errors } = coerce(operation, request.variables)
    if (coerced === undefined) return { errors: (errors ?? []).map(asBadInput) }
    const asked = { ...request, variables: coerced }
    const unaffordable = limits.charge(asked)
    if (unaffordable !== undefined) return { errors: [unaffordable] }
    return serve(operation, asked, access, toServed)
  }
  const serve = (
    operation: OperationDefinitionNode,
    request: OperationRequest,
    access: Access,
    toServed: ToServed,
  ): Admitted | Refused => {
    const { document, labels } = toServed(request)
    const filtered = filter(document, access)
    if (filtered.refusal !== undefined) return { errors: [filtered.refusal] }
    const served = document === request.document ? request : { ...request, document }
    const admitted = { operation, filtered, labels, request: served }
    const denials = deniedRootFields(admitted)
    return denials.length > 0 ? { errors: denials, data: null } : admitted
  }
  const execute = async (request: OperationRequest): Promise<ExecutionResult> => {
    const access = accessTo(request.document, request.context)
    const admitted = admit(request, access instanceof Promise ? await access : access)
    if ('errors' in admitted) return admitted
    return admitted.operation.operation === 'subscription' ? refuse('BAD_REQUEST', STREAMED) : run(admitted)
  }
  const executeDeferred = async (request: OperationRequest): Promise<ExecutionResult | DeferredAnswer> => {
    const access = await accessTo(request.document, request.context)
    const admitted = admit(request, access, deferredOf)
    if ('errors' in admitted) return admitted
    const { operation, filtered, labels, request: served } = admitted
    if (operation.operation === 'subscription') return refuse('BAD_REQUEST', STREAMED)
    if (labels === undefined) return run(admitted)
    const denials = filtered.hasDenials ? filtered : undefined
    try {
      const answer = await executor.executeDeferred({
        ...served,
        document: filtered.document,
        client: served.document,
        denials,
        labels,
      })
      return { ...answer, initial: limits.withCost(served, answer.initial) }
    } catch (error) {
      if (!isPlanningFailure(error)) throw error
      // Apollo's planner fails on some operations only because of their @defer: nobody is owed an answer in parts.
      const whole = serve(operation, { ...served, document: request.document }, access, wholeOf)
      return 'errors' in whole ? whole : run(whole)
    }
  }
  return {
    execute: async (request) => {
      const leave = limits.enter()
      if (leave instanceof GraphQLError) return { errors: [leave] }
      try {
        return await execute(request)
      } finally {
        leave()
      }
    },
    executeDeferred: async (request) => {
      const leave = limits.enter()
      if (leave instanceof GraphQLError) return { errors: [leave] }
      let isOver = true
      try {
        const answer = await executeDeferred(request)
        if (!('later' in answer) || answer.pending.length === 0) return answer
        isOver = false
        return { ...answer, later: atTheEnd(answer.later, leave) }
      } finally {
        if (isOver) leave()
      }
    },
    prepareSubscription: async (request) => {
      const admitted = admit(request, await accessTo(request.document, request.context))
      if ('errors' in admitted)
        return { errors: maskErrors(admitted.errors, { log, requestId: request.context.requestId }) }
      const { document } = admitted.filtered
      const plan = await unlessUnplannable(executor.planSubscription({ ...admitted.request, document }), request)
      if ('errors' in plan) return plan
      return {
        plan,
        filtered: admitted.filtered,
        variables: admitted.request.variables,
        answer: (event, context) => run({ ...admitted, request: { ...admitted.request, event, context } }, plan.answer),
      }
    },
  }
}

// Whatever a client sends beside the variables of its operation is not looked at.
const NO_VARIABLES: { coerced: Record<string, unknown>; errors?: readonly GraphQLError[] } = {
  coerced: Object.freeze({}),
}

/** The parts of an answer are read to their end, whether its client is still there or not. */
async function* atTheEnd(parts: DeferredAnswer['later'], act: () => void): DeferredAnswer['later'] {
  try {
    yield* parts
  } finally {
    act()
  }
}

/** The document that is answered, for coerced variables. `labels` where parts of it come later. */
type ToServed = (request: OperationRequest) => {
  document: DocumentNode
  labels?: DeferredDocument['labels'] | undefined
}

const wholeOf: ToServed = ({ document }) => ({ document: withoutDefer(document) })

const deferredOf: ToServed = (request) =>
  deferredDocument(request.document, request.operationName, request.variables) ?? wholeOf(request)

type Admitted = {
  operation: OperationDefinitionNode
  filtered: FilteredOperation
  labels: DeferredDocument['labels'] | undefined
  request: OperationRequest
}
type Refused = { errors: readonly GraphQLError[]; data?: null }

const STREAMED =
  'a subscription is a stream: ask with "accept: text/event-stream" or "multipart/mixed; subscriptionSpec=1.0", or over WebSocket (graphql-transport-ws), at this same address'

const refuse = (code: string, message: string): Refused => ({
  errors: [new GraphQLError(message, { extensions: { code } })],
})

const asBadInput = ({ message, nodes }: GraphQLError): GraphQLError =>
  new GraphQLError(message, { nodes, extensions: { code: 'BAD_USER_INPUT' } })

/** A mutation or subscription is refused whole where one of its root fields may not be seen: nothing of it may run. */
function deniedRootFields({ operation, filtered: { denied }, request }: Admitted): GraphQLError[] {
  if (operation.operation === 'query' || denied.size === 0) return []
  const fields = rootFields(request.document, operation, (selection) => isIncluded(selection, request.variables))
  return fields.flatMap((field) => {
    const denial = denied.get(field)
    return denial === undefined ? [] : [denialError(denial, [field.alias?.value ?? field.name.value])]
  })
}
