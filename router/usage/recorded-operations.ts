import type { GraphQLSchema } from 'graphql'
import type { Operations } from '../operations/operations.ts'
import type { UsageRecorder } from './usage-recorder.ts'

/** The same operations; what each asks for is recorded, where there is a recorder. A subscription counts when it begins. */
export function recordOperations(
  operations: Operations,
  schema: GraphQLSchema,
  recorder: UsageRecorder | undefined,
): Operations {
  if (recorder === undefined) return operations
  return {
    execute: (request) => {
      recorder.record(request.document, schema, request.context.headers)
      return operations.execute(request)
    },
    executeDeferred: (request) => {
      recorder.record(request.document, schema, request.context.headers)
      return operations.executeDeferred(request)
    },
    prepareSubscription: (request) => {
      recorder.record(request.document, schema, request.context.headers)
      return operations.prepareSubscription(request)
    },
  }
}
