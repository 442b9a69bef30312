import { cp, mkdtemp, realpath, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { ROOT } from './pages.ts'

const COPIED = [
  'cli',
  'codegen.yml',
  'contracts.yaml',
  'package.json',
  'platform',
  'router',
  'sandbox',
  'schema',
  'subgraphs',
  'supergraph.yaml',
  'tests/support',
  'tsconfig.json',
]

/** A copy of the code, which may be changed and run; gone after the file's tests. Packages are those of the repository. */
export async function copyRepository(): Promise<string> {
  // As programs name it: where the folder for temporary files is a link, a module would be loaded twice.
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'agora-copy-')))
  after(() => rm(folder, { recursive: true }))
  for (const name of COPIED) await cp(join(ROOT, name), join(folder, name), { recursive: true })
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction')
  return folder
}
