import { execFile } from 'node:child_process'
import { watch } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ProcessFailedError, type Supervisor } from '#platform/embedded/supervisor.ts'
import { ConfigError } from '#platform/runtime/config.ts'
import { SUBGRAPHS } from '#platform/runtime/names.ts'
import type { Output } from './output.ts'
import { ROOT } from './plan.ts'
import type { Started } from './run.ts'

/** What a change to some files asks for. */
export type Consequence = { recompose: boolean; restart: string[] }

const WATCHED = ['platform', 'router', 'sandbox', 'schema', 'subgraphs']
// An editor, and git even more so, writes several files at once: one restart is enough.
const SETTLE_MS = 150
const EVERY_PROCESS = ['sandbox', ...SUBGRAPHS, 'router']
// What `npm run compose` writes itself: reacting to it would go round in circles.
const COMPOSED = /^schema\/(subgraphs\/.*|supergraph\.graphql|api\.graphql)$/

/** Restarts the processes whose files change, one batch after the other, until the process ends. */
export function restartOnChange({ supervisor, output }: Started): void {
  if (supervisor === undefined) throw new ConfigError('ONE_PROCESS: npm run dev restarts processes, there is only one')
  let changed = new Set<string>()
  let work = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  const flush = () => {
    const batch = [...changed]
    changed = new Set()
    work = work.then(() => react(consequenceOf(batch), supervisor, output))
  }
  for (const folder of WATCHED) {
    watch(join(ROOT, folder), { recursive: true }, (_event, file) => {
      if (file === null) return
      changed.add(`${folder}/${file.replaceAll('\\', '/')}`)
      clearTimeout(timer)
      timer = setTimeout(flush, SETTLE_MS)
    })
  }
  output.write('  Watching for changes.\n\n')
}

/** What follows from changes to `files`, which are paths below the root. */
export function consequenceOf(files: readonly string[]): Consequence {
  const restart = new Set<string>()
  let recompose = false
  for (const file of files) {
    if (COMPOSED.test(file) || !/\.(ts|graphql)$/.test(file)) continue
    if (/^schema\/[^/]+\.graphql$/.test(file)) recompose = true
    for (const name of affectedBy(file)) restart.add(name)
  }
  return { recompose, restart: EVERY_PROCESS.filter((name) => restart.has(name)) }
}

function affectedBy(file: string): readonly string[] {
  const [folder = '', part = ''] = file.split('/')
  if (folder === 'router' || folder === 'sandbox') return [folder]
  if (folder === 'subgraphs') return SUBGRAPHS.some((name) => name === part) ? [part] : SUBGRAPHS
  if (folder === 'schema' && part.endsWith('.graphql')) return schemaReaders(part)
  return EVERY_PROCESS
}

function schemaReaders(file: string): readonly string[] {
  const name = file.replace('.graphql', '')
  return SUBGRAPHS.some((subgraph) => subgraph === name) ? [name, 'router'] : [...SUBGRAPHS, 'router']
}

async function react({ recompose, restart }: Consequence, supervisor: Supervisor, output: Output): Promise<void> {
  if (restart.length === 0) return
  try {
    if (recompose) await promisify(execFile)(process.execPath, [join(ROOT, 'cli/compose.ts')])
    output.write(`Restarting ${restart.join(', ')} …\n`)
    await supervisor.restart(restart)
    output.write(`Ready again.\n`)
  } catch (error) {
    // The next change mends it; until then the rest of the shop runs on.
    output.write(`${reasonOf(error)}\nWaiting for a change.\n`)
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof ProcessFailedError || !(error instanceof Error)) return String(error)
  return 'stderr' in error ? String(error.stderr).trim() : (error.stack ?? error.message)
}
