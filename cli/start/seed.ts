import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createLineSplitter, essenceOf } from '#platform/embedded/log-lines.ts'
import { ProcessFailedError } from '#platform/embedded/supervisor.ts'
import type { Config } from '#platform/runtime/config.ts'
import { type Environment, ROOT } from './plan.ts'

/** Whether this shop gets demo data: the passwords are public, so never in production, nor unasked on somebody's own server. */
export const wantsDemoData = (config: Config, postgres: { isEmbedded: boolean }): boolean =>
  config.NODE_ENV !== 'production' && (postgres.isEmbedded || config.SEED_DEMO)

/** Puts demo data into the shop if it is empty; the subgraphs of `env` must be ready. */
export async function seedIfEmpty(
  env: Environment,
  options: { signal: AbortSignal; print: (name: string, line: string) => void },
): Promise<void> {
  const child = spawn(process.execPath, [`${ROOT}cli/seed.ts`, '--if-empty'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: options.signal,
  })
  let lastWords = ''
  const onLine = createLineSplitter((line) => {
    lastWords = essenceOf(line) ?? lastWords
    options.print('seed', line)
  })
  child.stdout.setEncoding('utf8').on('data', onLine)
  child.stderr.setEncoding('utf8').on('data', onLine)
  const [code] = await once(child, 'close')
  if (code !== 0) throw new ProcessFailedError(`the demo data could not be seeded: ${lastWords}`)
}
