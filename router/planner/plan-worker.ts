import { parentPort, workerData } from 'node:worker_threads'
import { messageOf } from '#platform/kernel/errors.ts'
import type { MendedSupergraph } from './mend-supergraph.ts'
import { createPlanOperation, type PlanAnswer, type PlanRequest } from './plan-operation.ts'

// A thread of `startPlanThread`: it is told one operation at a time.
const planOperation = createPlanOperation(workerData as MendedSupergraph)

const tell = (message: PlanAnswer | 'ready'): void => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origins
  parentPort?.postMessage(message)
}

parentPort?.on('message', (request: PlanRequest) => tell(answer(request)))
tell('ready')

function answer(request: PlanRequest): PlanAnswer {
  try {
    return planOperation(request)
  } catch (error) {
    return { failure: 'it is beyond what can be planned', reason: messageOf(error), isFinal: true }
  }
}
