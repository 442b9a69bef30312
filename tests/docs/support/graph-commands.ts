import { execFile, execFileSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { fileURLToPath } from 'node:url'
import { ROOT } from './pages.ts'

const RUNNER = fileURLToPath(new URL('graph-runner.ts', import.meta.url))
const COPIED = ['schema', 'supergraph.yaml', 'contracts.yaml', 'examples']

/** What came of a command of `npm run graph`. */
export type GraphRun = { output: string; exitCode: number }

/**
 * Runs commands of `npm run graph` one after the other, in one process: in a copy of the graph with a git history of its own, so that
 * they may write what they like and `check` has something to compare with.
 */
export async function runGraphCommands(commands: readonly (readonly string[])[]): Promise<GraphRun[]> {
  const folder = await mkdtemp(join(tmpdir(), 'agora-docs-'))
  try {
    for (const name of COPIED) await cp(join(ROOT, name), join(folder, name), { recursive: true })
    // A usage log in which nothing was recorded yet.
    await mkdir(join(folder, '.data/usage'), { recursive: true })
    const git = (...args: string[]) => execFileSync('git', args, { cwd: folder })
    git('init', '--quiet', '--initial-branch=main')
    git('config', 'user.email', 'docs@example.com')
    git('config', 'user.name', 'Docs')
    git('add', '--all')
    for (const message of ['what is released', 'a change'])
      git('commit', '--quiet', '--allow-empty', '--message', message)
    const { stdout } = await promisify(execFile)(process.execPath, [RUNNER, JSON.stringify(commands)], {
      cwd: folder,
      maxBuffer: 64 * 1024 * 1024,
    })
    return JSON.parse(stdout) as GraphRun[]
  } finally {
    await rm(folder, { recursive: true })
  }
}
