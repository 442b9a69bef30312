import { execFile } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { type Block, ROOT } from './pages.ts'

// TypeScript's `include` passes over folders that begin with a dot, and git over this one: nobody else meets what is written here.
// One for each process, as test files run side by side.
const FOLDER = join(ROOT, `.generated/docs-${process.pid}`)

/** How a block of `ts` is made a module: as it stands, or as what `defineRouter` takes. */
function moduleOf({ flags, text }: Block): string {
  if (!flags.includes('router-options')) return `${text}\nexport {}\n`
  return `import { defineRouter } from './router/options/router-options.ts'; export default defineRouter({ ${text} })\n`
}

/** Where the module of a block stands. Its lines are those of the page, so that what TypeScript says names them. */
const fileOf = ({ page, line }: Block): string => join(FOLDER, `${page.replaceAll('/', '__')}-${line}.ts`)

/** Writes the modules of blocks, and resolves with where they are. The pages import as if they stood in the root of the repository. */
export async function writeModules(blocks: readonly Block[], edit = (text: string) => text): Promise<string[]> {
  await mkdir(FOLDER, { recursive: true })
  return Promise.all(
    blocks.map(async (block) => {
      const importOf = (path: string) => {
        const sibling = blocks.find(({ page, settings }) => page === block.page && settings.get('file') === path)
        return sibling === undefined ? `../../${path}` : `./${basename(fileOf(sibling))}`
      }
      const text = moduleOf(block).replaceAll(/(?<=from '|import\(')\.\/([^']+)/g, (_all, path: string) =>
        importOf(path),
      )
      await writeFile(fileOf(block), '\n'.repeat(Math.max(block.line - 1, 0)) + edit(text))
      return fileOf(block)
    }),
  )
}

/** Takes away what was written. */
export const removeModules = (): Promise<void> => rm(FOLDER, { recursive: true, force: true })

/** What TypeScript has against the blocks, under the repository's own settings; empty where they are right. */
export async function checkTypes(blocks: readonly Block[]): Promise<string> {
  const files = await writeModules(blocks)
  const settings = {
    extends: '../../tsconfig.json',
    compilerOptions: { lib: ['esnext', 'dom', 'dom.iterable'], noUnusedLocals: false, noUnusedParameters: false },
    include: [],
    files: [...files, join(ROOT, 'tests/docs/support/given.d.ts')],
  }
  await writeFile(join(FOLDER, 'tsconfig.json'), JSON.stringify(settings))
  const tsc = promisify(execFile)(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '--noEmit'], {
    cwd: FOLDER,
  })
  return (await tsc.catch((failed: { stdout: string }) => failed)).stdout
}
