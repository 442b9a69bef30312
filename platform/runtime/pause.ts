import { setTimeout as wait } from 'node:timers/promises'

/** Waits `ms`, or until `stopped` is aborted, whichever comes first. Leaves neither timer nor listener behind. */
export async function pause(ms: number, stopped: AbortSignal): Promise<void> {
  try {
    await wait(ms, undefined, { signal: stopped })
  } catch (error) {
    if (!stopped.aborted) throw error
  }
}
