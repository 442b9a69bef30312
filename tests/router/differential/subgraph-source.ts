import type { GraphQLDataSource } from '@apollo/gateway'
import type { GraphQLFormattedError } from 'graphql'
import { z } from 'zod'
import { newId } from '#platform/kernel/ids.ts'
import type { Logger } from '#platform/runtime/logger.ts'
import { maskSubgraphErrors, subgraphErrorSchema } from '../../../router/errors.ts'
import type { RequestContext } from '../../../router/request-context.ts'
import type { SubgraphAddress } from '../../../router/supergraph/load-supergraph.ts'
import { unreachableErrors } from '../../../router/executor/unreachable-errors.ts'

const answerSchema = z
  .looseObject({
    data: z.record(z.string(), z.unknown()).nullish(),
    errors: z.array(subgraphErrorSchema).optional(),
  })
  .refine((answer) => answer.data !== undefined || answer.errors !== undefined, 'neither data nor errors')

type Options = { log: Logger; timeoutMs: number }
type Request = { query?: string; variables?: Record<string, unknown>; operationName?: string }

/**
 * Asks one subgraph over HTTP, with the headers of the request. A subgraph that can't be reached, is late or answers
 * something else than GraphQL makes one error for each place that stays empty, logged once.
 */
export function createSubgraphSource(subgraph: SubgraphAddress, options: Options): GraphQLDataSource<RequestContext> {
  return {
    process: async ({ request, context }) => {
      try {
        return await ask(subgraph, request, context as RequestContext, options)
      } catch (error) {
        const errorId = newId()
        const { requestId, signal } = context as RequestContext
        // A client that left, or waited too long for all of it, is no fault of this subgraph.
        const level = signal.aborted ? 'info' : 'error'
        options.log[level]({ err: error, errorId, requestId, subgraph: subgraph.name }, 'a subgraph could not be asked')
        const message = `the ${subgraph.name} subgraph could not be asked`
        const extensions = { code: 'DOWNSTREAM_SERVICE_ERROR', serviceName: subgraph.name, errorId }
        return { data: null, errors: unreachableErrors(request, { message, extensions }) }
      }
    },
  }
}

async function ask(
  subgraph: SubgraphAddress,
  request: Request,
  context: RequestContext,
  options: Options,
): Promise<Answer> {
  const { query, variables, operationName } = request
  const response = await fetch(subgraph.url, {
    method: 'POST',
    headers: {
      ...context.forwarded.headers,
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json',
    },
    body: JSON.stringify({ query, variables, operationName }),
    signal: AbortSignal.any([context.signal, AbortSignal.timeout(options.timeoutMs)]),
  })
  const text = await response.text()
  const parsed = answerSchema.safeParse(parseJson(text))
  if (!parsed.success)
    throw new Error(
      `expected a GraphQL answer of ${subgraph.name}, got status ${response.status}: ${text.slice(0, 200)}`,
    )
  const { data, errors } = parsed.data
  return {
    data: data ?? null,
    ...(errors && {
      errors: maskSubgraphErrors(errors, subgraph.name, { log: options.log, requestId: context.requestId }),
    }),
  }
}

type Answer = { data: Record<string, unknown> | null; errors?: readonly GraphQLFormattedError[] }

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
