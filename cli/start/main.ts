import { ProcessFailedError } from '#platform/embedded/supervisor.ts'
import { ConfigError } from '#platform/runtime/config.ts'
import { PortTakenError } from '#platform/runtime/http.ts'
import { createLifecycle } from '#platform/runtime/lifecycle.ts'
import { AlreadyRunningError } from './lock.ts'
import { npmGone, onNpmGone } from './npm-gone.ts'
import { createOutput } from './output.ts'
import { run, type Started } from './run.ts'

/**
 * The executable behind `npm start` and `npm run dev`: starts the shop, calls `afterStart`, and stops all of it at Ctrl-C,
 * SIGTERM (of npm, too) or the terminal's end. A second Ctrl-C leaves at once; services and servers then end by themselves.
 */
export async function main(afterStart: (started: Started) => void = () => undefined): Promise<void> {
  const output = createOutput(process.stdout, process.env['LOG_LEVEL'] || 'warn')
  const lifecycle = createLifecycle(output.log)
  const stopping = new AbortController()
  let exitCode = 0
  const stopped = Promise.withResolvers<void>()
  const stop = () => {
    stopping.abort()
    stopped.resolve()
  }
  const onSignal = () => {
    if (stopping.signal.aborted) process.exit(130)
    stop()
    output.write('\nStopping …\n')
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
  const isNpmGone = npmGone(process.env)
  onNpmGone(isNpmGone, () => {
    if (!stopping.signal.aborted) onSignal()
  })
  // Nobody reads any more: the terminal is closed, or the next program of a pipe has ended.
  process.stdout.on('error', stop)
  try {
    const isStopping = () => stopping.signal.aborted || isNpmGone()
    afterStart(await run({ env: process.env, lifecycle, output, signal: stopping.signal, isStopping }))
    await stopped.promise
  } catch (error) {
    if (!stopping.signal.aborted) {
      process.stderr.write(`${explain(error)}\n`)
      exitCode = 1
    }
  }
  await lifecycle.stop()
  process.exit(exitCode)
}

/** What a person at the terminal can mend is a sentence; anything else keeps its stack. */
function explain(error: unknown): string {
  const isSentence = [ConfigError, PortTakenError, AlreadyRunningError, ProcessFailedError].some(
    (type) => error instanceof type,
  )
  if (error instanceof Error) return isSentence ? error.message : (error.stack ?? error.message)
  return String(error)
}
