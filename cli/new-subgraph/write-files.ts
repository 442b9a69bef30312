import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Writes all `files` under `root` and does `then`; where anything of that fails, all is as it was before, and it throws. */
export async function writeFiles(
  root: string,
  files: ReadonlyMap<string, string>,
  then: () => Promise<void>,
): Promise<void> {
  const before = new Map<string, string | undefined>()
  const folders: string[] = []
  try {
    for (const [path, text] of files) {
      const file = join(root, path)
      const folder = await mkdir(dirname(file), { recursive: true })
      if (folder !== undefined) folders.push(folder)
      before.set(file, await readOrNothing(file))
      await writeFile(file, text)
    }
    await then()
  } catch (error) {
    for (const [file, text] of before) await (text === undefined ? rm(file, { force: true }) : writeFile(file, text))
    for (const folder of folders) await rm(folder, { recursive: true, force: true })
    throw error
  }
}

async function readOrNothing(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
