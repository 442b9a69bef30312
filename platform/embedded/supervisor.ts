import type { Running } from '../runtime/lifecycle.ts'
import { type ProcessSpec, SupervisedProcess, type SuperviseOptions } from './supervised-process.ts'

export { ProcessFailedError, type ProcessSpec, type SuperviseOptions } from './supervised-process.ts'

/** Keeps processes running until `stop`, which ends the groups in the opposite order of their start. */
export type Supervisor = Running & {
  /** Starts a group of processes at once; resolves when all are ready, throws where one does not come up. */
  start(specs: readonly ProcessSpec[]): Promise<void>
  /** Ends the named processes and starts them afresh. */
  restart(names: readonly string[]): Promise<void>
}

/** A new {@link Supervisor} of nothing yet. */
export function createSupervisor(options: SuperviseOptions): Supervisor {
  const groups: SupervisedProcess[][] = []
  let stopping: Promise<void> | undefined
  return {
    start: async (specs) => {
      const group = specs.map((spec) => new SupervisedProcess(spec, options))
      groups.push(group)
      await Promise.all(group.map((process) => process.start()))
    },
    restart: async (names) => {
      const chosen = groups.flat().filter((process) => names.includes(process.spec.name))
      await Promise.all(chosen.map((process) => process.stop()))
      await Promise.all(chosen.map((process) => process.start()))
    },
    stop: () => (stopping ??= stopInReverse(groups)),
  }
}

async function stopInReverse(groups: SupervisedProcess[][]): Promise<void> {
  for (const group of groups.toReversed()) await Promise.all(group.map((process) => process.stop()))
}
