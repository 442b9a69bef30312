import type { GraphQLFormattedError } from 'graphql'
import { z } from 'zod'
import { messageOf } from '#platform/kernel/errors.ts'
import { newId } from '#platform/kernel/ids.ts'
import { type FaultLog, maskSubgraphErrors, subgraphErrorSchema } from '../errors.ts'
import { closeCodeOf } from './upstream.ts'

const errorsSchema = z.array(subgraphErrorSchema)

/** What ended a subscription at its source, as errors: a refused token is the caller's, the rest is the subgraph's. */
export function faultErrors(fault: unknown, serviceName: string, at: FaultLog): GraphQLFormattedError[] {
  const reported = errorsSchema.safeParse(fault)
  if (reported.success) return maskSubgraphErrors(reported.data, serviceName, at)
  const code = closeCodeOf(fault)
  if (code === 4401 || code === 4403)
    return [{ message: 'authorization: the token was refused', extensions: { code: 'UNAUTHENTICATED' } }]
  const errorId = newId()
  at.log.error(
    { errorId, requestId: at.requestId, subgraph: serviceName, closeCode: code, reason: messageOf(fault) },
    'a subscription lost its source',
  )
  return [
    {
      message: `the ${serviceName} subgraph could not be asked`,
      extensions: { code: 'DOWNSTREAM_SERVICE_ERROR', serviceName, errorId },
    },
  ]
}
