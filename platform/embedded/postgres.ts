import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../runtime/logger.ts'
import { freePort } from './free-port.ts'
import { type Account, canEnter, makePrivateDirectory, postgresAccount, shelterFor } from './postgres-account.ts'
import { type PostgresBinaries, postgresBinaries, run } from './postgres-binaries.ts'
import { findRunning } from './postgres-running.ts'
import { watch } from './watchdog.ts'

/** A PostgreSQL server that was started, or found running. */
export type EmbeddedPostgres = {
  /** For POSTGRES_URL: its path is the prefix of the database names. */
  url: string
  /** Where the data really lie: not where asked for, when root asked for a place that PostgreSQL's user can't enter. */
  dataDir: string
  stop(): Promise<void>
}

/** How to start one. `durable: false` is for tests: no password, no fsync, and the data are removed by `stop`. */
export type EmbeddedPostgresOptions = { dataDir: string; port?: number; durable: boolean; log: Logger }

type Cluster = EmbeddedPostgresOptions & {
  binaries: PostgresBinaries
  account: Account | undefined
  directory: string
  password: string
  /** Whether the data lie in a directory made for them alone, because PostgreSQL's user can't enter where they were asked for. */
  isSheltered: boolean
}

const USER = 'agora'
// A port may be taken between finding and using it; backends of a killed server need a moment to notice and let go.
const START_ATTEMPTS = 5
const RETRY_AFTER_MS = 500
const START_TIMEOUT_S = 60

/** Starts PostgreSQL on 127.0.0.1 with its cluster below `dataDir` (made at the first start); reuses the server if it still runs. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const cluster = await prepare(options)
  const { pid, port } = (await findRunning(cluster.directory)) ?? (await start(cluster))
  const watchdog = watch(pid, 'INT')
  const stop = async () => {
    await watchdog.release()
    await stopServer(cluster)
  }
  let stopping: Promise<void> | undefined
  return { url: urlOf(cluster, port), dataDir: cluster.dataDir, stop: () => (stopping ??= stop()) }
}

async function prepare(options: EmbeddedPostgresOptions): Promise<Cluster> {
  const account = postgresAccount()
  const asked = resolve(options.dataDir)
  await mkdir(dirname(asked), { recursive: true })
  const isSheltered = !(await canEnter(asked, account))
  const dataDir = isSheltered ? join(await shelterFor(asked), 'postgres') : asked
  await makePrivateDirectory(dataDir, account)
  const directory = join(dataDir, 'cluster')
  const binaries = await postgresBinaries(account)
  const password = await passwordIn(dataDir, options, account)
  const cluster = { ...options, dataDir, account, binaries, directory, password, isSheltered }
  if (!existsSync(directory)) await initialise(cluster)
  return cluster
}

async function passwordIn(
  dataDir: string,
  options: EmbeddedPostgresOptions,
  account: Account | undefined,
): Promise<string> {
  const file = join(dataDir, 'password')
  if (!existsSync(file)) {
    await writeFile(file, randomBytes(24).toString('base64url'), { mode: 0o600 })
    if (account !== undefined) await chown(file, account.uid, account.gid)
    options.log.debug({ file }, 'made a password for the embedded PostgreSQL')
  }
  return readFile(file, 'utf8')
}

async function initialise(cluster: Cluster): Promise<void> {
  // Made beside its place and moved there, so that a kill in between leaves nothing half made behind.
  const unfinished = `${cluster.directory}.new`
  await rm(unfinished, { recursive: true, force: true })
  const { code, output } = await run(
    cluster.binaries.initdb,
    [
      '-D',
      unfinished,
      '-U',
      USER,
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-sync',
      `--auth=${cluster.durable ? 'scram-sha-256' : 'trust'}`,
      `--pwfile=${join(cluster.dataDir, 'password')}`,
    ],
    { account: cluster.account, cwd: cluster.dataDir },
  )
  if (code !== 0) throw new Error(`the embedded PostgreSQL could not be set up in ${cluster.dataDir}: ${output}`)
  await rename(unfinished, cluster.directory)
}

async function start(cluster: Cluster): Promise<{ pid: number; port: number }> {
  for (let attempt = 1; ; attempt++) {
    const port = cluster.port ?? (await freePort())
    const { code, output } = await run(
      cluster.binaries.pgCtl,
      [
        'start',
        '-w',
        '-t',
        String(START_TIMEOUT_S),
        '-D',
        cluster.directory,
        '-l',
        logFile(cluster),
        '-o',
        settings(cluster, port),
      ],
      { account: cluster.account, cwd: cluster.dataDir },
    )
    const running = await findRunning(cluster.directory)
    if (running !== undefined) return running
    cluster.log.warn({ code, output, attempt }, 'the embedded PostgreSQL did not start')
    if (attempt === START_ATTEMPTS)
      throw new Error(`the embedded PostgreSQL did not start: ${output}; its log is ${logFile(cluster)}`)
    await sleep(RETRY_AFTER_MS)
  }
}

async function stopServer(cluster: Cluster): Promise<void> {
  const mode = cluster.durable ? 'fast' : 'immediate'
  if (existsSync(join(cluster.directory, 'postmaster.pid'))) {
    const args = ['stop', '-w', '-m', mode, '-D', cluster.directory]
    const { code, output } = await run(cluster.binaries.pgCtl, args, { account: cluster.account, cwd: cluster.dataDir })
    if (code !== 0) cluster.log.error({ output }, 'the embedded PostgreSQL did not stop')
  }
  if (!cluster.durable) await remove(cluster)
}

async function remove(cluster: Cluster): Promise<void> {
  await rm(cluster.dataDir, { recursive: true, force: true, maxRetries: 5 })
  if (cluster.isSheltered) await rm(dirname(cluster.dataDir), { recursive: true, force: true })
}

// pg_ctl hands these to a shell: none of them needs quoting.
function settings(cluster: Cluster, port: number): string {
  const common = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=300',
    'timezone=UTC',
    'log_timezone=UTC',
    'jit=off',
  ]
  const hasty = [
    'fsync=off',
    'synchronous_commit=off',
    'full_page_writes=off',
    'autovacuum_naptime=1h',
    'wal_level=minimal',
    'max_wal_senders=0',
    'max_wal_size=256MB',
  ]
  const chosen = cluster.durable ? common : [...common, ...hasty]
  return `-p ${port} ${chosen.map((setting) => `-c ${setting}`).join(' ')}`
}

const logFile = (cluster: Cluster): string => join(cluster.dataDir, 'postgres.log')

const urlOf = (cluster: Cluster, port: number): string =>
  `postgres://${USER}${cluster.durable ? `:${cluster.password}` : ''}@127.0.0.1:${port}/agora`
