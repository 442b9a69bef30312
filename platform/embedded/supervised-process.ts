import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../runtime/logger.ts'
import { createLineSplitter, essenceOf } from './log-lines.ts'

/** A process to run: `node ...args`. It is ready once `readyUrl` answers 200. */
export type ProcessSpec = {
  name: string
  args: readonly string[]
  env: Readonly<Record<string, string | undefined>>
  readyUrl: string
}

/** What happens with all processes alike. `print` gets every line they write. */
export type SuperviseOptions = {
  log: Logger
  graceMs: number
  print: (name: string, line: string) => void
  firstRestartMs?: number
  readyTimeoutMs?: number
}

// A restart costs a second of CPU: slow enough not to starve the others, fast enough that a single crash is hardly seen.
const FIRST_RESTART_MS = 500
const LONGEST_RESTART_MS = 30_000
// Who lived this long did not die of its start: the next death begins at the shortest pause again.
const STABLE_MS = 60_000
// What fails to come up three times will not come up the fourth: the whole start says so instead.
const ATTEMPTS_UNTIL_READY = 3
const READY_TIMEOUT_MS = 60_000
const POLL_MS = 100
// Between the end of the process's own grace and SIGKILL.
const KILL_AFTER_GRACE_MS = 1_000

/** One process that is kept running until it is stopped. */
export class SupervisedProcess {
  readonly spec: ProcessSpec
  readonly #options: SuperviseOptions
  #child: ChildProcess | undefined
  #isWanted = false
  #deathsBeforeReady = 0
  #pauseMs = 0
  #restart: NodeJS.Timeout | undefined
  #lastWords = ''

  constructor(spec: ProcessSpec, options: SuperviseOptions) {
    this.spec = spec
    this.#options = options
  }

  /** Starts it; resolves once it is ready, throws (and stops it) where it does not come up. */
  async start(): Promise<void> {
    this.#isWanted = true
    this.#deathsBeforeReady = 0
    this.#pauseMs = this.#firstPauseMs
    this.#spawn()
    try {
      await this.#untilReady()
    } catch (error) {
      await this.stop()
      throw error
    }
  }

  /** Ends it: asks first, and kills after the grace. */
  async stop(): Promise<void> {
    this.#isWanted = false
    clearTimeout(this.#restart)
    const child = this.#child
    if (child === undefined) return
    const gone = once(child, 'exit')
    ask(child)
    const kill = setTimeout(() => this.#kill(child), this.#options.graceMs + KILL_AFTER_GRACE_MS)
    await gone
    clearTimeout(kill)
  }

  #spawn(): void {
    const child = spawn(process.execPath, [...this.spec.args], {
      env: { ...this.spec.env, AGORA_SUPERVISED: '1' },
      // The channel tells the child of our death (exit-with-parent.ts); nothing is sent over it.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // Ctrl-C goes to the whole process group; out of it, the processes end in the order we choose.
      detached: process.platform !== 'win32',
      windowsHide: true,
    })
    this.#child = child
    const startedAt = Date.now()
    this.#pass(child)
    child.once('exit', (code, signal) => this.#onExit(startedAt, signal ?? `code ${code}`))
    child.once('error', (err) => this.#options.log.error({ err, process: this.spec.name }, 'could not be spawned'))
  }

  #pass(child: ChildProcess): void {
    const splitter = createLineSplitter((line) => {
      this.#lastWords = essenceOf(line) ?? this.#lastWords
      this.#options.print(this.spec.name, line)
    })
    child.stdout?.setEncoding('utf8').on('data', splitter)
    child.stderr?.setEncoding('utf8').on('data', splitter)
  }

  #onExit(startedAt: number, reason: string): void {
    this.#child = undefined
    this.#deathsBeforeReady++
    if (!this.#isWanted) return
    if (Date.now() - startedAt >= STABLE_MS) this.#pauseMs = this.#firstPauseMs
    const inMs = this.#pauseMs
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_RESTART_MS)
    this.#options.log.warn(`${this.spec.name} ended (${reason}); it is started again in ${inMs / 1000} s`)
    this.#restart = setTimeout(() => this.#spawn(), inMs)
  }

  async #untilReady(): Promise<void> {
    const giveUpAt = Date.now() + (this.#options.readyTimeoutMs ?? READY_TIMEOUT_MS)
    let answer = 'no answer'
    while (this.#isWanted && Date.now() < giveUpAt && this.#deathsBeforeReady < ATTEMPTS_UNTIL_READY) {
      const { isReady, text } = await askReady(this.spec.readyUrl)
      if (isReady) return
      answer = text
      await sleep(POLL_MS)
    }
    const died = this.#deathsBeforeReady > 0
    if (this.#isWanted)
      throw new ProcessFailedError(`${this.spec.name} did not start: ${died ? this.#lastWords : answer}`)
  }

  #kill(child: ChildProcess): void {
    this.#options.log.warn(`${this.spec.name} did not end in time and is killed`)
    child.kill('SIGKILL')
  }

  get #firstPauseMs(): number {
    return this.#options.firstRestartMs ?? FIRST_RESTART_MS
  }
}

/** A process that did not come up, told in a sentence. */
export class ProcessFailedError extends Error {
  override name = 'ProcessFailedError'
}

// Windows knows no SIGTERM: there the end of the channel asks.
function ask(child: ChildProcess): void {
  if (process.platform === 'win32' && child.connected) child.disconnect()
  else child.kill('SIGTERM')
}

async function askReady(url: string): Promise<{ isReady: boolean; text: string }> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) })
    return { isReady: response.ok, text: await response.text() }
  } catch (error) {
    return { isReady: false, text: error instanceof Error ? error.message : String(error) }
  }
}
