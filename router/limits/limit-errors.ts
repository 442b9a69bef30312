import { HeaderMap } from '@apollo/server'
import { type ASTNode, GraphQLError } from 'graphql'

/** A bound on one operation, by the name of its option. */
export type LimitName =
  | 'depth'
  | 'fields'
  | 'rootFields'
  | 'aliases'
  | 'directives'
  | 'tokens'
  | 'bodyBytes'
  | 'cost'
  | 'inFlight'
  | 'rate'
  | 'maxOpen'
  | 'maxPerConnection'

/** What a refusal says: which bound, what it is, and what came where that is known. */
type Exceeded = { limit: LimitName; maximum: number; actual?: number }

/** Why an operation is not served: OPERATION_TOO_COMPLEX, OPERATION_TOO_COSTLY (400), RATE_LIMITED (429), OVERLOADED (503) or SUBSCRIPTION_LIMIT_REACHED. */
export function limitError(
  message: string,
  exceeded: Exceeded,
  { nodes, retryAfterSeconds }: { nodes?: readonly ASTNode[]; retryAfterSeconds?: number } = {},
): GraphQLError {
  const { code, status } = ANSWERS[exceeded.limit] ?? { code: 'OPERATION_TOO_COMPLEX', status: 400 }
  const headers = new HeaderMap(retryAfterSeconds === undefined ? [] : [['retry-after', String(retryAfterSeconds)]])
  return new GraphQLError(message, {
    nodes: nodes ?? [],
    extensions: {
      code,
      ...exceeded,
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      http: { status, headers },
    },
  })
}

const ANSWERS: { readonly [Name in LimitName]?: { code: string; status: number } } = {
  cost: { code: 'OPERATION_TOO_COSTLY', status: 400 },
  rate: { code: 'RATE_LIMITED', status: 429 },
  inFlight: { code: 'OVERLOADED', status: 503 },
  maxOpen: { code: 'SUBSCRIPTION_LIMIT_REACHED', status: 503 },
  maxPerConnection: { code: 'SUBSCRIPTION_LIMIT_REACHED', status: 429 },
}
