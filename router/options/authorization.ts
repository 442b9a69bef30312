import { z } from 'zod'
import type { RequestHeaders } from '../request-headers.ts'
import type { Claims } from '../security/verify-token.ts'
import { section } from './section.ts'

/** What a policy can be decided by. */
export type PolicyRequest = {
  /** Of the verified token; empty for a guest. */
  readonly claims: Claims
  /** By lower-case names; over a WebSocket, what `connection_init` carried too. */
  readonly headers: RequestHeaders
  /** Aborted when the client left or the time is over. */
  readonly signal: AbortSignal
}

/** Of the policies that an operation depends on, those that are allowed. What it throws fails the operation. */
export type PolicyEvaluator = (
  policies: readonly string[],
  request: PolicyRequest,
) => Iterable<string> | Promise<Iterable<string>>

/** Who may see what, beyond what tokens say. */
export const authorization = section({
  schema: z.strictObject({
    /** Decides `@policy`, once per operation that depends on one; without it no policy is ever met. */
    policies: z
      .custom<PolicyEvaluator>((value) => typeof value === 'function', { error: 'expected a function' })
      .optional(),
  }),
  fromEnvironment: () => ({}),
})
