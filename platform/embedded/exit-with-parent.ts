import type { Running } from '../runtime/lifecycle.ts'

// Whatever hangs by then has no supervisor any more that would end it.
const GRACE_MS = 10_000

/**
 * Under the supervisor (AGORA_SUPERVISED=1): stops `running` and exits as soon as the supervisor is gone, by `kill -9` too,
 * so that no orphan is left. Elsewhere it does nothing. For executables only.
 */
export function exitWithParent(running: Running): void {
  // Not part of the configuration: it is the supervisor that says this to its children, nobody else may.
  if (process.env['AGORA_SUPERVISED'] !== '1') return
  const exit = () => {
    setTimeout(() => process.exit(1), GRACE_MS).unref()
    void running.stop().finally(() => process.exit(0))
  }
  // The system closes the channel however the supervisor dies.
  process.once('disconnect', exit)
  if (process.connected) process.channel?.unref()
  else exit()
}
