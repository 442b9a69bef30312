import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { GraphError } from '../graph-error.ts'
import { GENERATOR } from './frame.ts'

/**
 * Puts `files` in the place of a folder that was made so before, when all are written: nobody meets half a reference, or pages
 * of types that are gone. Throws {@link GraphError} where the folder holds something else.
 */
export async function writeFolder(path: string, files: ReadonlyMap<string, string>): Promise<void> {
  // Without a slash at its end, so that what is made first lies beside it.
  const folder = resolve(path)
  await assertReplaceable(folder)
  const fresh = `${folder}.new`
  await rm(fresh, { recursive: true, force: true })
  for (const [name, text] of files) {
    const file = join(fresh, name)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text)
  }
  await rm(folder, { recursive: true, force: true })
  await rename(fresh, folder)
}

async function assertReplaceable(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return []
    throw new GraphError(`--out: expected a folder, ${folder}: ${error.message}`, { cause: error })
  })
  if (names.length === 0) return
  const index = names.includes('index.html') ? await readFile(join(folder, 'index.html'), 'utf8') : ''
  if (!index.includes(`content="${GENERATOR}"`))
    throw new GraphError(`--out: expected an empty folder or an older reference, ${folder} holds something else`)
}
