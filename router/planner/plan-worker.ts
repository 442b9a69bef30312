import { parentPort, workerData } from 'node:worker_threads'
import { messageOf } from '#platform/kernel/errors.ts'
import type { MendedSupergraph } from './mend-supergraph.ts'
import { createPlanOperation, type PlanAnswer, type PlanRequest } from './plan-operation.ts'

// One thread of `createPlanWorkers`: it is told one operation at a time.
const planOperation = createPlanOperation(workerData as MendedSupergraph)

// Threads have no origins.
// oxlint-disable-next-line unicorn/require-post-message-target-origin
parentPort?.on('message', (request: PlanRequest) => parentPort?.postMessage(answer(request)))

function answer(request: PlanRequest): PlanAnswer {
  try {
    return planOperation(request)
  } catch (error) {
    return { failure: 'it is beyond what can be planned', reason: messageOf(error) }
  }
}
