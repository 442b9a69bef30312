import { setTimeout as sleep } from 'node:timers/promises'

const POLL_MS = 20

/** Waits until `condition` holds; throws with `what` was waited for after `timeoutMs`. */
export async function waitUntil(
  what: string,
  condition: () => Promise<boolean> | boolean,
  { timeoutMs = 60_000 }: { timeoutMs?: number } = {},
): Promise<void> {
  for (const giveUpAt = Date.now() + timeoutMs; Date.now() < giveUpAt; await sleep(POLL_MS)) {
    if (await condition()) return
  }
  throw new Error(`waited ${timeoutMs} ms in vain: ${what}`)
}
