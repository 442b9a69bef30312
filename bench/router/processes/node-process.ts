import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

/** What a process has used since it began. */
export type Usage = { cpuMs: number; peakRssMb: number }

/** A process of the benchmark. */
export type NodeProcess = {
  /** What it has used so far, by its own accounting. */
  usage(): Promise<Usage>
  /** Sends `message` and waits for the answer; at once the next message where there is nothing to send. */
  ask(message?: unknown): Promise<unknown>
  /** The last of what it wrote. */
  lastWords(): string
  /** Whether it still runs. */
  isRunning(): boolean
  stop(): Promise<void>
}

const usageSchema = z.object({ cpuMs: z.number(), peakRssMb: z.number() })
const STOP_MS = 5_000
const LAST_WORDS = 600
const PROBE = new URL('./probe.ts', import.meta.url)

// Nothing of the caller's own: its PRODUCTS_URL would send our router to another graph.
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'SystemRoot', 'TEMP']

/** Starts `script` with this Node. What it writes goes to `logFile`. */
export function startProcess(options: {
  script: string
  args: readonly string[]
  /** Flags of Node itself. */
  flags?: readonly string[]
  env: Readonly<Record<string, string>>
  logFile: string
}): NodeProcess {
  const log = openSync(options.logFile, 'w')
  const child = fork(options.script, options.args, {
    execArgv: [...(options.flags ?? []), '--import', PROBE.href],
    env: { ...inherited(), NODE_ENV: 'production', ...options.env },
    // Where it looks for files that nobody told it of: none of ours.
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    stdio: ['ignore', log, log, 'ipc'],
  })
  closeSync(log)
  const lastWords = () => readFileSync(options.logFile, 'utf8').trim().slice(-LAST_WORDS)
  const isRunning = () => child.exitCode === null && child.signalCode === null
  const ask = (message?: unknown) => answerOf(child, message, { name: basename(options.script), lastWords })
  return {
    ask,
    usage: async () => usageSchema.parse(await ask('usage')),
    lastWords,
    isRunning,
    stop: async () => {
      if (!isRunning()) return
      const ended = once(child, 'exit')
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
      child.kill('SIGTERM')
      await ended
      clearTimeout(timer)
    },
  }
}

type Named = { name: string; lastWords: () => string }

function answerOf(child: ChildProcess, message: unknown, { name, lastWords }: Named): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>()
  const onMessage = (answer: unknown) => settle(() => resolve(answer))
  const onExit = () => settle(() => reject(new Error(`${name} ended: ${lastWords()}`)))
  const settle = (how: () => void) => {
    child.off('message', onMessage).off('exit', onExit)
    how()
  }
  child.once('message', onMessage).once('exit', onExit)
  if (child.exitCode !== null) onExit()
  else if (message !== undefined) child.send(message as string)
  return promise
}

const inherited = (): Record<string, string> =>
  Object.fromEntries(INHERITED.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])))
