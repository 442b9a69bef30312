import type { ApolloServerPlugin } from '@apollo/server'
import type { Metrics } from '../runtime/metrics.ts'
import { describeSpan } from '../telemetry/tracing.ts'
import type { RequestContext } from './define-subgraph.ts'

const SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30]

/** Counts and times what a subgraph answers over HTTP, by type and the code of the first error. */
export function countOperations(metrics: Metrics): ApolloServerPlugin<RequestContext<unknown, unknown>> {
  const count = metrics.tally({
    name: 'agora_subgraph_operations_total',
    help: 'Operations over HTTP, by type and the code of their first error, OK where there is none',
    labels: ['type', 'code'],
  })
  const durations = metrics.histogram({
    name: 'agora_subgraph_operation_duration_seconds',
    help: 'From the read request to the answer of an operation over HTTP',
    labels: ['type'],
    buckets: SECONDS,
  })
  return {
    requestDidStart: async () => {
      const startedAt = performance.now()
      return {
        willSendResponse: async ({ operation, response: { body } }) => {
          const [error] = body.kind === 'single' ? (body.singleResult.errors ?? []) : []
          const type = operation?.operation ?? 'unknown'
          describeSpan({ 'graphql.operation.type': type })
          count(type, error === undefined ? 'OK' : String(error.extensions?.['code']))
          durations.add((performance.now() - startedAt) / 1_000, type)
        },
      }
    },
  }
}
