import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { join, resolve } from 'node:path'
import { tmpdir } from 'node:os'
import type { Running } from '#platform/runtime/lifecycle.ts'

/** Another `npm start` works on the same DATA_DIR, told in a sentence. */
export class AlreadyRunningError extends Error {
  override name = 'AlreadyRunningError'
}

/**
 * Who holds a DATA_DIR, or wants to. `isStopping` is what others hear of this process, `onWait` is called when it waits for
 * another, `signal` ends that.
 */
export type Holder = { isStopping: () => boolean; onWait: () => void; signal: AbortSignal }

// One that lives says at once that it is stopping, or hangs up.
const ANSWER_MS = 5_000
// Longer than a shop takes to stop, whatever it has under way.
const STOP_MS = 90_000

/**
 * Holds `dataDir` for this process, once another that is stopping has let go of it. A socket, not a file with a process id:
 * the system closes it however we die, so that nothing a killed run left behind can be mistaken for a running one. Throws
 * {@link AlreadyRunningError}.
 */
export async function lockDataDir(dataDir: string, holder: Holder): Promise<Running> {
  const path = socketPath(resolve(dataDir))
  for (let leftovers = 0; ; ) {
    holder.signal.throwIfAborted()
    const held = await hold(path, holder)
    if (held !== undefined) return held
    const other = await stateOf(path, holder)
    if (other === 'running' || leftovers > 0) throw alreadyRunning(dataDir)
    if (other === 'gone') continue
    leftovers += 1
    await rm(path, { force: true })
  }
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

/** Undefined where there is a socket already, or a file that one left behind. */
function hold(path: string, { isStopping }: Holder): Promise<Running | undefined> {
  const waiting = new Set<Socket>()
  const server = createServer((socket) => {
    // Whoever asked may have gone again.
    socket.on('error', () => waiting.delete(socket)).on('close', () => waiting.delete(socket))
    if (!isStopping()) return void socket.destroy()
    waiting.add(socket)
    socket.write('stopping')
  })
  return new Promise((settle, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? settle(undefined) : reject(error),
    )
    server.listen(path, () => settle({ stop: () => letGo(server, waiting) }))
    server.unref()
  })
}

function letGo(server: Server, waiting: ReadonlySet<Socket>): Promise<void> {
  return new Promise((settle) => {
    server.close(() => settle())
    for (const socket of waiting) socket.destroy()
  })
}

/** What there is at `path`: a running holder, one that was stopping and has gone meanwhile, or nobody any more. */
function stateOf(path: string, { onWait, signal }: Holder): Promise<'running' | 'gone' | 'leftover'> {
  return new Promise((settle) => {
    let state: 'running' | 'gone' | 'leftover' = 'leftover'
    const socket = connect({ path, signal, timeout: ANSWER_MS })
    socket.once('connect', () => (state = 'running'))
    socket.once('data', () => {
      state = 'gone'
      socket.setTimeout(STOP_MS)
      onWait()
    })
    socket.once('timeout', () => {
      state = 'running'
      socket.destroy()
    })
    // Nobody listens, or the signal was aborted: either is told by how it closes.
    socket.on('error', () => undefined).once('close', () => settle(state))
  })
}
