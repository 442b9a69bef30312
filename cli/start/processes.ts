import type { Supervisor } from '#platform/embedded/supervisor.ts'
import type { Environment, ShopPlan } from './plan.ts'

/**
 * Starts every part of the plan as a process. The router comes last, after `seed`: its /ready promises a shop that is
 * complete. The sandbox is a group of its own, so that it is still there while the subgraphs finish what they do.
 */
export async function runAsProcesses(
  plan: ShopPlan,
  supervisor: Supervisor,
  seed: (tools: Environment) => Promise<void>,
): Promise<void> {
  await Promise.all([supervisor.start([plan.sandbox]), supervisor.start(plan.subgraphs)])
  await seed(plan.tools)
  await supervisor.start([plan.router])
}
