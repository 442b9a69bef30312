import { readFile, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

// A server takes this long, at most, from writing postmaster.pid to listening.
const SETTLE_MS = 3_000
const POLL_MS = 50
const READY = 'ready'

/**
 * The server that runs on the cluster in `directory`, once it is ready; undefined where none does. What a killed server
 * left behind is removed: its number may be another process's today, and PostgreSQL would refuse to start.
 */
export async function findRunning(directory: string): Promise<{ pid: number; port: number } | undefined> {
  const file = join(directory, 'postmaster.pid')
  let listens = false
  for (const giveUpAt = Date.now() + SETTLE_MS; Date.now() < giveUpAt || listens; await sleep(POLL_MS)) {
    const found = await readPidFile(file)
    if (found === undefined) return undefined
    if (!isAlive(found.pid)) break
    listens = await isListening(found.port)
    if (listens && found.status === READY) return { pid: found.pid, port: found.port }
  }
  await rm(file, { force: true })
  return undefined
}

// Lines: process id, data directory, start time, port, socket directory, address, shared memory, status.
async function readPidFile(file: string): Promise<{ pid: number; port: number; status: string } | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  const lines = text?.split('\n').map((line) => line.trim())
  return lines && { pid: Number(lines[0]), port: Number(lines[3]), status: lines[7] ?? '' }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
