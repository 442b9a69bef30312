import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'

/** The sandbox as a process of its own. */
export type SandboxProcess = {
  url: string
  child: ChildProcess
  exited: Promise<{ code: number | null; stderr: string }>
}

const MAIN = new URL('../../sandbox/main.ts', import.meta.url)

/** Starts sandbox/main.ts; whatever is left of it is killed when the test ends. */
export function startProcess(t: TestContext, env: Record<string, string>): Omit<SandboxProcess, 'url'> {
  const child = fork(MAIN, {
    env: { PATH: process.env['PATH'], NODE_ENV: 'test', PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  t.after(() => child.kill('SIGKILL'))
  let stderr = ''
  child.stderr?.on('data', (chunk) => void (stderr += String(chunk)))
  // Not `close`: it never comes to a parent that has disconnected.
  const ends = [once(child, 'exit'), ...(child.stderr === null ? [] : [once(child.stderr, 'end')])]
  const exited = Promise.all(ends).then(() => ({ code: child.exitCode, stderr }))
  return { child, exited }
}

/** Starts it and waits for the address that it logs. */
export async function startListening(t: TestContext, env: Record<string, string>): Promise<SandboxProcess> {
  const started = startProcess(t, env)
  const { stdout } = started.child
  if (stdout === null) throw new Error('expected the output of the process')
  const address = Promise.withResolvers<string>()
  createInterface(stdout).on('line', (line) => {
    const entry: { msg?: string; url?: string } = JSON.parse(line)
    if (entry.msg === 'listening' && entry.url !== undefined) address.resolve(entry.url)
  })
  const failed = started.exited.then(({ stderr }) => Promise.reject(new Error(`expected it to listen: ${stderr}`)))
  return { ...started, url: await Promise.race([address.promise, failed]) }
}
