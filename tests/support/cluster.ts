import { randomBytes } from 'node:crypto'
import { readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '#platform/embedded/postgres.ts'
import { findRunning } from '#platform/embedded/postgres-running.ts'
import { quiet } from './quiet.ts'

// The owner's process id is part of the name: who finds the directory later can tell whether its owner is still there.
const NAME = /^agora-test-(\d+)-/

/** A PostgreSQL for tests, thrown away by `stop`. What crashed runs left behind is removed on the way. */
export async function startTestCluster(): Promise<EmbeddedPostgres> {
  await sweep()
  const dataDir = join(tmpdir(), `agora-test-${process.pid}-${randomBytes(4).toString('hex')}`)
  return startEmbeddedPostgres({ dataDir, durable: false, log: quiet })
}

async function sweep(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const owner = NAME.exec(name)?.[1]
    if (owner !== undefined && !isAlive(Number(owner))) await removeLeftover(join(tmpdir(), name))
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
