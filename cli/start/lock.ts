import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { join, resolve } from 'node:path'
import { tmpdir } from 'node:os'
import type { Running } from '#platform/runtime/lifecycle.ts'

/** Another `npm start` works on the same DATA_DIR, told in a sentence. */
export class AlreadyRunningError extends Error {
  override name = 'AlreadyRunningError'
}

/**
 * Holds `dataDir` for this process. A socket, not a file with a process id: the system closes it however we die, so that
 * nothing a killed run left behind can be mistaken for a running one. Throws {@link AlreadyRunningError}.
 */
export async function lockDataDir(dataDir: string): Promise<Running> {
  const path = socketPath(resolve(dataDir))
  const server = await listen(path)
  if (server !== undefined) return running(server)
  if (await answers(path)) throw alreadyRunning(dataDir)
  await rm(path, { force: true })
  const second = await listen(path)
  if (second === undefined) throw alreadyRunning(dataDir)
  return running(second)
}

const alreadyRunning = (dataDir: string): AlreadyRunningError =>
  new AlreadyRunningError(
    `Agora already runs with DATA_DIR=${dataDir}: stop that one first, or start this one with another DATA_DIR and PORT`,
  )

// Not in DATA_DIR itself: the path of a socket may have 104 characters at most.
function socketPath(dataDir: string): string {
  const name = `agora-${createHash('sha256').update(dataDir).digest('hex').slice(0, 16)}`
  return process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`)
}

function listen(path: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy())
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    )
    server.listen(path, () => resolve(server.unref()))
  })
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.once('error', () => resolve(false)).once('connect', () => resolve(true))
    socket.once('connect', () => socket.destroy())
  })
}

const running = (server: Server): Running => ({ stop: () => new Promise((resolve) => server.close(() => resolve())) })
