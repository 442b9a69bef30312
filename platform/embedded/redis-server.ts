import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import type { Logger } from '../runtime/logger.ts'
import { freePort } from './free-port.ts'
import type { EmbeddedRedis } from './redis.ts'
import { watch } from './watchdog.ts'

type Options = { dataDir?: string; port?: number; log: Logger }

const PROGRAM = 'redis-server'
// XAUTOCLAIM, which the consumers of events recover with, came with 6.2.
const LEAST_VERSION = 6.2
const START_TIMEOUT_MS = 15_000
const POLL_MS = 20

/** The `redis-server` of the PATH; undefined where there is none, or one that is too old, which is logged. */
export async function findRedisServer(log: Logger): Promise<string | undefined> {
  const version = await new Promise<string | undefined>((resolve) => {
    execFile(PROGRAM, ['--version'], (error, stdout) =>
      resolve(error === null ? /v=(\d+\.\d+)/.exec(stdout)?.[1] : undefined),
    )
  })
  if (version === undefined) return undefined
  if (Number(version) >= LEAST_VERSION) return PROGRAM
  log.warn({ version, needed: LEAST_VERSION }, 'the redis-server on the PATH is too old and left alone')
  return undefined
}

/** Starts `program` on 127.0.0.1 with an append-only file in `dataDir`; one that an earlier run left there is ended first. */
export async function startRedisServer(program: string, options: Options): Promise<EmbeddedRedis> {
  const durable = options.dataDir !== undefined
  const directory = durable ? resolve(options.dataDir ?? '') : await mkdtemp(join(tmpdir(), 'agora-redis-'))
  await mkdir(directory, { recursive: true, mode: 0o700 })
  await endLeftover(directory, options.log)
  const port = options.port ?? (await freePort())
  const child = await launch(program, settings(directory, port, durable))
  await waitUntilReady(child, port, directory)
  await writeFile(leftoverFile(directory), String(port))
  const watchdog = watch(child.pid ?? 0, 'TERM')
  const stop = async () => {
    await watchdog.release()
    await end(child)
    await rm(durable ? leftoverFile(directory) : directory, { recursive: true, force: true })
  }
  let stopping: Promise<void> | undefined
  return { url: `redis://127.0.0.1:${port}`, kind: 'redis-server', durable, stop: () => (stopping ??= stop()) }
}

const settings = (directory: string, port: number, durable: boolean): string => `
bind 127.0.0.1
port ${port}
dir ${JSON.stringify(directory)}
logfile ${JSON.stringify(join(directory, 'redis.log'))}
appendonly ${durable ? 'yes' : 'no'}
save ""
`

async function launch(program: string, config: string): Promise<ChildProcess> {
  // Detached: Ctrl-C goes to the whole process group, and Redis must outlive the services that use it.
  const child = spawn(program, ['-'], { stdio: ['pipe', 'ignore', 'ignore'], detached: true })
  await once(child, 'spawn')
  child.stdin?.end(config)
  child.unref()
  return child
}

async function waitUntilReady(child: ChildProcess, port: number, directory: string): Promise<void> {
  for (const giveUpAt = Date.now() + START_TIMEOUT_MS; Date.now() < giveUpAt; await sleep(POLL_MS)) {
    if (child.exitCode !== null) break
    if (await ask(port, (redis) => redis.ping())) return
  }
  await end(child)
  throw new Error(
    `the redis-server of the PATH did not start on port ${port}; its log is ${join(directory, 'redis.log')}`,
  )
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.ref()
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  await gone
}

const leftoverFile = (directory: string): string => join(directory, 'port')

// Two servers on one append-only file would destroy it.
async function endLeftover(directory: string, log: Logger): Promise<void> {
  const port = Number(await readFile(leftoverFile(directory), 'utf8').catch(() => '0'))
  if (port === 0) return
  const answer = await ask(port, (redis) => redis.config('GET', 'dir'))
  if (!Array.isArray(answer) || answer[1] !== directory) return
  log.info({ port }, 'a redis-server of an earlier run is still there and is ended')
  await ask(port, (redis) => redis.shutdown())
  while (await ask(port, (redis) => redis.ping())) await sleep(POLL_MS)
}

/** One answer of the Redis on `port`; undefined where it gives none. */
async function ask<Answer>(port: number, question: (redis: Redis) => Promise<Answer>): Promise<Answer | undefined> {
  const redis = new Redis(port, '127.0.0.1', {
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    commandTimeout: 2_000,
  })
  // Nobody listening is one of the answers we look for: the question itself reports it.
  redis.on('error', () => undefined)
  const answer = await redis
    .connect()
    .then(() => question(redis))
    .catch(() => undefined)
  redis.disconnect()
  return answer
}
