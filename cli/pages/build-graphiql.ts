import { createHash, randomUUID } from 'node:crypto'
import { globSync } from 'node:fs'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GRAPHIQL_FOLDER } from '../../router/pages/serve-pages.ts'
import { ROOT } from '../start/plan.ts'

const SOURCE = `${ROOT}web/graphiql`
// Not in `assets/`: nobody is served it.
const STAMP = 'built-from'

/**
 * Builds GraphiQL into `folder`, unless what is there was built from the same sources and packages. The old one stands until the
 * new one is complete, and several builds at once do each other no harm. Throws where the build fails; false: nothing to do.
 */
export async function buildGraphiql(folder = GRAPHIQL_FOLDER): Promise<boolean> {
  const sources = await fingerprint()
  if ((await builtFrom(folder)) === sources) return false
  // Loaded here only: it is a package of the desk, and most of what this program weighs.
  const { build } = await import('vite')
  const fresh = `${folder}-${randomUUID()}`
  try {
    await build({ configFile: join(SOURCE, 'vite.config.ts'), build: { outDir: fresh } })
    await writeFile(join(fresh, STAMP), sources)
    await rm(folder, { recursive: true, force: true })
    await renameUnlessTaken(fresh, folder)
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
  return true
}

/** Where another build was faster just now, its outcome is as good. */
async function renameUnlessTaken(from: string, to: string): Promise<void> {
  try {
    await rename(from, to)
  } catch (error) {
    if (!hasCode(error, 'ENOTEMPTY') && !hasCode(error, 'EEXIST')) throw error
  }
}

/** One text for all that goes into the build. */
async function fingerprint(): Promise<string> {
  const files = globSync('**/*', { cwd: SOURCE, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  const hash = createHash('sha256')
  for (const file of [...files.toSorted(), `${ROOT}package-lock.json`])
    hash.update(`${file.slice(ROOT.length)}\0`).update(await readFile(file))
  return hash.digest('hex')
}

async function builtFrom(folder: string): Promise<string | undefined> {
  try {
    return await readFile(join(folder, STAMP), 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
}

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code
