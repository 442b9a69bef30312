import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { type Block, placeOf, ROOT } from './pages.ts'

/** `url`: of the router, in the place of the page's address. `isEndless`: one that goes on until it is stopped. */
export type ShellOptions = { url: string; env?: NodeJS.ProcessEnv; isEndless?: boolean }

// What has not ended by then never does; a page says of such a command that it goes on: `sh follow`.
const LONGEST_MS = 60_000

/** Runs a block in bash, in the root of the repository, and resolves with what it printed; an endless one's first line. Throws where it fails. */
export async function runShell(block: Block, { url, env = {}, isEndless = false }: ShellOptions): Promise<string> {
  const script = block.text.replaceAll('127.0.0.1:4000', new URL(url).host)
  // A process group of its own: what is endless is stopped with all that it started.
  const child = spawn('bash', ['-euo', 'pipefail', '-c', `${NPM}\n${CURL}\n${script}`], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const stop = () => void (child.pid !== undefined && child.exitCode === null && process.kill(-child.pid, 'SIGKILL'))
  const timer = setTimeout(stop, LONGEST_MS)
  let complaints = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text))
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line)
    if (!isEndless) continue
    stop()
    break
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  clearTimeout(timer)
  assert.ok(isEndless || child.exitCode === 0, `${placeOf(block)}: exit code ${child.exitCode}\n${complaints}`)
  assert.ok(lines.length > 0, `${placeOf(block)}: it printed nothing\n${complaints}`)
  return lines.join('\n')
}

/** Whether a block asks a shop that runs. */
export const isRunBesideShop = ({ text }: Block): boolean => /curl|graphql-ws|npm run grant/.test(text)

// `npx PROGRAM …` and `npm run SCRIPT -- …` without their own start, which takes longer than what they start.
const NPM = `npx() { PATH="$PWD/node_modules/.bin:$PATH" command "$@"; }
npm() { npx node --run "$2" -- "\${@:4}"; }`
// A machine without curl is one on which everything else can be tested.
const CURL = `command -v curl >/dev/null || curl() { '${process.execPath}' '${ROOT}tests/docs/support/curl.mjs' "$@"; }`
