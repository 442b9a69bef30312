import { stopOnSignals } from '#platform/runtime/lifecycle.ts'
import { quiet } from '../../support/quiet.ts'

// A process that waits for a signal, and whose stopping finishes, fails or hangs.
const [, , how] = process.argv
const stop = {
  fails: () => Promise.reject(new Error('no')),
  hangs: () => new Promise<void>(() => undefined),
}[how ?? '']
stopOnSignals({ stop: stop ?? (async () => undefined) }, { graceMs: 200, log: quiet })
setInterval(() => undefined, 1_000)
process.stdout.write('up')
