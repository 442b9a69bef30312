import type { ApolloServerPlugin, GraphQLResponse } from '@apollo/server'
import type { ExecutionResult, GraphQLError, GraphQLFormattedError } from 'graphql'
import Negotiator from 'negotiator'
import type { RequestContext } from '../request-context.ts'
import type { Arrived, DeferredAnswer, LaterPart, Pending } from './execute-deferred.ts'

// Those that Apollo Server knows, in its order: https://www.apollographql.com/docs/apollo-server/workflow/requests#incremental-delivery-experimental.
// The first is what it refuses: whoever prefers it does not say which format they read.
const MULTIPART = 'multipart/mixed'
const INCREMENTAL_SPEC = 'multipart/mixed; incrementalSpec=v0.2'
const DEFER_SPEC = 'multipart/mixed; deferSpec=20220824'

type Format = typeof INCREMENTAL_SPEC | typeof DEFER_SPEC

/** The format in which a client reads an answer in parts; undefined where it wants it whole. */
export function formatOf(accept: string | null | undefined): Format | undefined {
  if (!accept?.includes(MULTIPART)) return undefined
  const preferred = new Negotiator({ headers: { accept } }).mediaType([MULTIPART, INCREMENTAL_SPEC, DEFER_SPEC])
  return preferred === INCREMENTAL_SPEC || preferred === DEFER_SPEC ? preferred : undefined
}

const deferred = new WeakMap<RequestContext, DeferredAnswer>()

/**
 * The first part of a request's answer; the plugin {@link incrementalDelivery} has the others follow it. One that is
 * whole is the only part, so that a client need not accept anything else; a refused request has none.
 */
export function deliverInParts(context: RequestContext, answer: ExecutionResult | DeferredAnswer): ExecutionResult {
  const inParts = 'later' in answer ? answer : { initial: answer, pending: [], later: nothing() }
  if (inParts.initial.data) deferred.set(context, inParts)
  return inParts.initial
}

// oxlint-disable-next-line no-empty-function -- there is nothing to come
async function* nothing(): AsyncGenerator<LaterPart, void> {}

type Body = NonNullable<GraphQLResponse['body']>
type IncrementalBody = Extract<Body, { kind: 'incremental' }>

/** Apollo Server takes one result of a gateway; what was given to {@link deliverLater} becomes an answer in parts here. */
export const incrementalDelivery: ApolloServerPlugin<RequestContext> = {
  requestDidStart: async () => ({
    willSendResponse: async ({ contextValue, response, request }) => {
      const answer = deferred.get(contextValue)
      const format = formatOf(request.http?.headers.get('accept'))
      if (answer === undefined || format === undefined || response.body.kind !== 'single') return
      const { singleResult } = response.body
      response.body = (format === DEFER_SPEC
        ? deferSpec(singleResult, answer)
        : incrementalSpec(singleResult, answer)) as unknown as IncrementalBody
    },
  }),
}

type Initial = Extract<Body, { kind: 'single' }>['singleResult']

/** Each fragment with its path. */
function deferSpec(initial: Initial, { pending, later }: DeferredAnswer) {
  return {
    kind: 'incremental',
    initialResult: { ...initial, hasNext: pending.length > 0 },
    subsequentResults: mapped(later, ({ arrived, hasNext }) => ({
      hasNext,
      incremental: arrived.map(({ path, label, data, errors }) => ({
        path,
        ...(label !== undefined && { label }),
        data,
        ...(errors.length > 0 && { errors: errors.map(formatted) }),
      })),
    })),
  }
}

/** Fragments are announced with their path, and known by an id when they come. One without data failed. */
function incrementalSpec(initial: Initial, { pending, later }: DeferredAnswer) {
  return {
    kind: 'incremental',
    initialResult: {
      ...initial,
      ...(pending.length > 0 && { pending: pending.map(announced) }),
      hasNext: pending.length > 0,
    },
    subsequentResults: mapped(later, (part) => ({
      hasNext: part.hasNext,
      ...(part.pending.length > 0 && { pending: part.pending.map(announced) }),
      ...(part.arrived.some(hasData) && { incremental: part.arrived.filter(hasData).map(arrivedData) }),
      completed: part.arrived.map((each) => ({
        id: each.id,
        ...(!hasData(each) && { errors: each.errors.map(formatted) }),
      })),
    })),
  }
}

const hasData = ({ data }: Arrived): boolean => data !== null

const announced = ({ id, path, label }: Pending) => ({ id, path, ...(label !== undefined && { label }) })

const arrivedData = ({ id, data, errors }: Arrived) => ({
  id,
  data,
  ...(errors.length > 0 && { errors: errors.map(formatted) }),
})

const formatted = (error: GraphQLError): GraphQLFormattedError => error.toJSON()

async function* mapped<Result>(parts: AsyncGenerator<LaterPart, void>, toResult: (part: LaterPart) => Result) {
  for await (const part of parts) yield toResult(part)
}
