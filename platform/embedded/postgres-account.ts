import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chown, lstat, mkdir, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

/** The user and group that PostgreSQL runs as, where they are not our own. */
export type Account = { uid: number; gid: number }

// PostgreSQL refuses to run as root. 65534 is `nobody` on Linux and owns nothing, so nothing else is at stake.
const NOBODY: Account = { uid: 65_534, gid: 65_534 }

/** Who PostgreSQL is to run as: undefined for ourselves, `nobody` where we are root. */
export const postgresAccount = (): Account | undefined => (process.getuid?.() === 0 ? NOBODY : undefined)

/** Whether `account` may enter `directory`, which needs not exist yet, and all that lead to it. */
export async function canEnter(directory: string, account: Account | undefined): Promise<boolean> {
  if (account === undefined) return true
  for (let path = resolve(directory); ; path = dirname(path)) {
    if (existsSync(path) && !(await isSearchable(path, account))) return false
    if (path === dirname(path)) return true
  }
}

async function isSearchable(path: string, account: Account): Promise<boolean> {
  const { mode, uid, gid } = await stat(path)
  if (uid === account.uid) return (mode & 0o100) !== 0
  if (gid === account.gid) return (mode & 0o010) !== 0
  return (mode & 0o001) !== 0
}

/** A directory of our own that everybody may enter, always the same for `path`: where what lies in a closed one goes instead. */
export async function shelterFor(path: string): Promise<string> {
  const name = `agora-${createHash('sha256').update(resolve(path)).digest('hex').slice(0, 12)}`
  // /var/tmp outlives a reboot, /tmp may not.
  const shelter = join(existsSync('/var/tmp') ? '/var/tmp' : tmpdir(), name)
  await mkdir(shelter, { recursive: true, mode: 0o755 })
  const { uid, mode } = await lstat(shelter)
  if (uid !== process.getuid?.() || (mode & 0o022) !== 0) {
    throw new Error(`expected ${shelter} to belong to us alone, somebody else made it or can write to it: remove it`)
  }
  return shelter
}

/** Makes `directory`, closed to all but `account`, in one that is there. */
export async function makePrivateDirectory(directory: string, account: Account | undefined): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  if (account !== undefined) await chown(directory, account.uid, account.gid)
}
