import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { messageOf } from '#platform/kernel/errors.ts'
import { GraphError } from '../graph-error.ts'

/** The files of a repository, as they are in its folder or were at a revision. Paths are from its top, with `/`. */
export type Files = {
  /** Undefined where there is no such file. */
  read(path: string): Promise<string | undefined>
  /** Names of the files in a folder; none where there is no such folder. */
  list(folder: string): Promise<string[]>
}

const run = promisify(execFile)

/** The files as they are now. */
export const workingTree = (root: string): Files => ({
  read: (path) => unlessMissing(readFile(resolve(root, path), 'utf8'), undefined),
  list: (folder) => unlessMissing(readdir(resolve(root, folder)), []),
})

/** The files as they were at `commit`. */
export const filesAt = (root: string, commit: string): Files => ({
  read: async (path) => {
    const [found] = await listed(root, commit, path)
    return found === undefined ? undefined : git(root, 'show', `${commit}:${path}`)
  },
  list: async (folder) => {
    const paths = await listed(root, commit, `${folder}/`)
    return paths.map((path) => path.slice(folder.length + 1))
  },
})

/**
 * The commit to compare the working tree with: `ref`, or the merge base with main (origin's, where there is one); on main
 * itself, or at its commit without a branch, the commit before. Throws {@link GraphError} where there is none.
 */
export async function baseCommit(root: string, ref: string | undefined): Promise<string> {
  if (ref !== undefined) return commitOf(root, ref)
  const head = await headOf(root)
  for (const main of ['origin/main', 'main']) {
    const base = await git(root, 'merge-base', main, 'HEAD').catch(() => undefined)
    if (base === undefined) continue
    if (base.trim() !== head) return base.trim()
    // A branch that has no commit yet: what the working tree changes of main.
    if (!['main', 'HEAD'].includes((await git(root, 'rev-parse', '--abbrev-ref', 'HEAD')).trim())) return head
  }
  const before = await commitAt(root, 'HEAD~1')
  if (before !== undefined) return before
  throw new GraphError(
    'there is no commit before this one here (fetch the history of a shallow clone): name a revision by --against',
  )
}

async function headOf(root: string): Promise<string> {
  const head = await commitAt(root, 'HEAD')
  if (head === undefined) throw new GraphError(`--root: expected a git repository with a commit, ${root} is none`)
  return head
}

async function commitOf(root: string, ref: string): Promise<string> {
  const commit = await commitAt(root, ref)
  if (commit === undefined) throw new GraphError(`--against: expected a revision of this repository, ${ref} is none`)
  return commit
}

const commitAt = (root: string, ref: string): Promise<string | undefined> =>
  git(root, 'rev-parse', '--verify', '--quiet', `${ref}^{commit}`).then(
    (commit) => commit.trim(),
    () => undefined,
  )

const listed = async (root: string, commit: string, path: string): Promise<string[]> =>
  (await git(root, 'ls-tree', '--name-only', commit, path)).split('\n').filter((line) => line !== '')

async function git(root: string, ...args: string[]): Promise<string> {
  // A supergraph of hundreds of subgraphs is a few megabytes.
  const { stdout } = await run('git', args, { cwd: root, maxBuffer: 64_000_000 })
  return stdout
}

async function unlessMissing<Value, Other>(reading: Promise<Value>, otherwise: Other): Promise<Value | Other> {
  try {
    return await reading
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return otherwise
    throw new GraphError(messageOf(error), { cause: error })
  }
}
