import type { Logger } from './logger.ts'

/** Something that was started and can be stopped once; stopping twice waits for the first. */
export type Running = { stop(): Promise<void> }

/** Collects what was started, and stops it in the opposite order. */
export type Lifecycle = Running & {
  /** Stops `stop` before everything that was added earlier. */
  add(name: string, stop: () => Promise<unknown> | unknown): void
}

/** A new, empty {@link Lifecycle}. A part that fails to stop is logged, and the others are stopped all the same. */
export function createLifecycle(log: Logger): Lifecycle {
  const parts: { name: string; stop: () => Promise<unknown> | unknown }[] = []
  let stopping: Promise<void> | undefined
  return {
    add: (name, stop) => void parts.push({ name, stop }),
    stop: () => (stopping ??= stopAll(parts, log)),
  }
}

async function stopAll(parts: { name: string; stop: () => Promise<unknown> | unknown }[], log: Logger): Promise<void> {
  for (const part of parts.toReversed()) {
    try {
      await part.stop()
    } catch (error) {
      log.error({ err: error, part: part.name }, 'could not be stopped cleanly')
    }
  }
}

/** On SIGTERM or SIGINT: stops `running` and exits 0, or 1 after `graceMs`. For executables only. */
export function stopOnSignals(running: Running, options: { graceMs: number; log: Logger }): void {
  let isStopping = false
  const stop = (signal: string) => {
    if (isStopping) return
    isStopping = true
    options.log.info({ signal }, 'stopping')
    setTimeout(() => exitLate(options.log, options.graceMs), options.graceMs).unref()
    running.stop().then(() => process.exit(0))
  }
  process.on('SIGTERM', () => stop('SIGTERM'))
  process.on('SIGINT', () => stop('SIGINT'))
}

function exitLate(log: Logger, graceMs: number): void {
  log.error({ graceMs }, 'work under way did not finish within SHUTDOWN_GRACE_MS')
  process.exit(1)
}
