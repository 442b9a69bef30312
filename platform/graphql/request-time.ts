import type { ApolloServerPlugin } from '@apollo/server'
import { OperationTypeNode } from 'graphql'
import { CallerError } from '../kernel/errors.ts'

/** For how long anybody waits for a request. */
export type RequestTime = {
  /** Said once it is known that the request only reads: only then may it be given up. */
  readsOnly(): void
  /** To be called before each statement of its own; throws where nobody waits for it any more. */
  expectTimeLeft(): void
}

/** By `x-request-timeout-ms`, the milliseconds that its caller has left; without it as long as it takes. */
export function createRequestTime(header: string | undefined): RequestTime {
  const isOverAt = header !== undefined && /^\d{1,9}$/.test(header) ? performance.now() + Number(header) : undefined
  let isRead = false
  return {
    readsOnly: () => void (isRead = true),
    expectTimeLeft: () => {
      if (isRead && isOverAt !== undefined && performance.now() >= isOverAt)
        throw new CallerError('DOWNSTREAM_SERVICE_ERROR', 'the time of the request is over')
    },
  }
}

/**
 * Queries are given up when their time is over. A mutation is not: what it has begun it brings to an end, so that whoever
 * looks for it later, or asks again by its idempotency key, finds it done or not begun.
 */
export const giveUpQueries: ApolloServerPlugin<{ time: RequestTime }> = {
  requestDidStart: async () => ({
    didResolveOperation: async ({ operation, contextValue }) => {
      if (operation?.operation === OperationTypeNode.QUERY) contextValue.time.readsOnly()
    },
  }),
}
