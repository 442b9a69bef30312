import { randomBytes } from 'node:crypto'
import { existsSync, statfsSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '#platform/embedded/postgres.ts'
import { findRunning } from '#platform/embedded/postgres-running.ts'
import { quiet } from './quiet.ts'

// The owner's process id is part of the name: who finds the directory later can tell whether its owner is still there.
const NAME = /^agora-test-(\d+)-/

// Each database is three hundred files, and a run makes hundreds: on ext4 that is most of what PostgreSQL does then, since a file's
// place is not used again for a minute after it was removed, and each new file looks past all of those.
const IN_MEMORY = '/dev/shm'
// A run holds about 300 MB at a time; ten times that must be left to the tests themselves.
const ROOM_BYTES = 1_000_000_000
const FREE_MEMORY_BYTES = 4_000_000_000

/** A PostgreSQL for tests, thrown away by `stop`; in memory where there is plenty. What crashed runs left behind is removed on the way. */
export async function startTestCluster(): Promise<EmbeddedPostgres> {
  for (const folder of [tmpdir(), IN_MEMORY]) if (existsSync(folder)) await sweep(folder)
  const folder = isRoomInMemory() ? IN_MEMORY : tmpdir()
  const dataDir = join(folder, `agora-test-${process.pid}-${randomBytes(4).toString('hex')}`)
  return startEmbeddedPostgres({ dataDir, durable: false, log: quiet })
}

function isRoomInMemory(): boolean {
  if (!existsSync(IN_MEMORY) || process.availableMemory() < FREE_MEMORY_BYTES) return false
  const { bavail, bsize } = statfsSync(IN_MEMORY)
  return bavail * bsize >= ROOM_BYTES
}

async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const owner = NAME.exec(name)?.[1]
    if (owner !== undefined && !isAlive(Number(owner))) await removeLeftover(join(folder, name))
  }
}

async function removeLeftover(dataDir: string): Promise<void> {
  const running = await findRunning(join(dataDir, 'cluster'))
  if (running !== undefined) process.kill(running.pid, 'SIGQUIT')
  // The server writes until its last moment. Another test run may be sweeping as well.
  await rm(dataDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
