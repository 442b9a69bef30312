import type { Logger } from './logger.ts'

/** Something that was started and can be stopped once; stopping twice waits for the first. */
export type Running = { stop(): Promise<void> }

/** Collects what was started, and stops it in the opposite order. */
export type Lifecycle = Running & {
  /** Stops `stop` before everything that was added earlier; at once where the stopping has begun already. */
  add(name: string, stop: () => Promise<unknown> | unknown): void
}

type Part = { name: string; stop: () => Promise<unknown> | unknown }

/** A new, empty {@link Lifecycle}. A part that fails to stop is logged, and the others are stopped all the same. */
export function createLifecycle(log: Logger): Lifecycle {
  const parts: Part[] = []
  let stopping: Promise<void> | undefined
  return {
    add: (name, stop) => {
      const part = { name, stop }
      if (stopping === undefined) parts.push(part)
      else stopping = Promise.all([stopping, stopPart(part, log)]).then(() => undefined)
    },
    stop: () => (stopping ??= stopAll(parts, log)),
  }
}

async function stopAll(parts: readonly Part[], log: Logger): Promise<void> {
  for (const part of parts.toReversed()) await stopPart(part, log)
}

async function stopPart(part: Part, log: Logger): Promise<void> {
  try {
    await part.stop()
  } catch (error) {
    log.error({ err: error, part: part.name }, 'could not be stopped cleanly')
  }
}

/** On SIGTERM or SIGINT: stops `running` and exits 0; or 1 where that fails or takes longer than `graceMs`. For executables only. */
export function stopOnSignals(running: Running, options: { graceMs: number; log: Logger }): void {
  const { graceMs, log } = options
  let isStopping = false
  const stop = async (signal: string) => {
    if (isStopping) return
    isStopping = true
    log.info({ signal }, 'stopping')
    setTimeout(() => exitLate(log, graceMs), graceMs).unref()
    process.exit(await exitCode(running, log))
  }
  process.on('SIGTERM', () => void stop('SIGTERM'))
  process.on('SIGINT', () => void stop('SIGINT'))
}

async function exitCode(running: Running, log: Logger): Promise<number> {
  try {
    await running.stop()
    return 0
  } catch (error) {
    log.fatal({ err: error }, 'could not be stopped cleanly')
    return 1
  }
}

function exitLate(log: Logger, graceMs: number): void {
  log.error({ graceMs }, 'work under way did not finish within SHUTDOWN_GRACE_MS')
  process.exit(1)
}
