import { setTimeout as pause } from 'node:timers/promises'
import { NeighbourError } from '#platform/graphql/neighbours.ts'
import type { Config } from '#platform/runtime/config.ts'

const FIRST_PAUSE_MS = 100
const POLL_MS = 50

/** Until when a request may begin another attempt at a neighbour (milliseconds since 1970), so that it ends in time. */
export const lastAttemptAt = (
  config: Pick<Config, 'REQUEST_TIMEOUT_MS' | 'NEIGHBOUR_TIMEOUT_MS'>,
  now: number,
): number => now + config.REQUEST_TIMEOUT_MS - config.NEIGHBOUR_TIMEOUT_MS

/** Tries `work`, and again with growing pauses while a neighbour gives no answer, until `until`. Then throws NeighbourError. */
export async function patiently<T>(until: number, work: () => Promise<T>): Promise<T> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs *= 2) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof NeighbourError) || Date.now() + pauseMs > until) throw error
      await pause(pauseMs)
    }
  }
}

/** Reads what `isDone` waits for; what was read last once it is late (`until`). */
export async function waitFor<T>(until: number, read: () => Promise<T>, isDone: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await read()
    if (isDone(value) || Date.now() + POLL_MS > until) return value
    await pause(POLL_MS)
  }
}
