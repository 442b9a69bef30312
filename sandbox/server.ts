import { once } from 'node:events'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Config, ConfigWith } from '#platform/runtime/config.ts'
import { listen } from '#platform/runtime/http.ts'
import type { Running } from '#platform/runtime/lifecycle.ts'
import type { Logger } from '#platform/runtime/logger.ts'
import { answerHealth, answerReady, createReadiness } from '#platform/runtime/readiness.ts'
import { openDatabase } from './database.ts'
import { createFaults, type Faults } from './faults.ts'
import { type Host, serve } from './serve.ts'

/** A running sandbox: where it is, and its faults for tests in the same process. */
export type Sandbox = Running & { readonly url: string; readonly faults: Faults }

/** What the sandbox is started with. */
export type SandboxOptions = { config: ConfigWith<'POSTGRES_URL'>; log: Logger; port?: number }

/**
 * Starts the card provider on `port` (PORT, else a free one). It listens at once; PostgreSQL may come later, /ready says so.
 * Stopping lets what is under way finish, cutting latency short.
 */
export async function startSandbox({ config, log, port = config.PORT ?? 0 }: SandboxOptions): Promise<Sandbox> {
  const readiness = createReadiness([])
  const host = Promise.withResolvers<Host>()
  const underWay = new Set<Promise<void>>()
  const otherwise = async (request: IncomingMessage, response: ServerResponse) => {
    const work = serve(await host.promise, request, response).finally(() => underWay.delete(work))
    underWay.add(work)
    await work
  }
  const paths = { '/health': answerHealth, '/ready': answerReady(readiness) }
  const { server, url } = await listen({ paths, otherwise }, { host: config.HOST, port })
  const database = openDatabase(config.POSTGRES_URL, log)
  readiness.watch('postgresql', () => database.whatIsMissing())
  const faults = faultsOf(config)
  const provider = { database, faults, publicUrl: publicUrlOf(config, url) }
  const stopping = new AbortController()
  host.resolve({ provider, log, isProduction: config.NODE_ENV === 'production', stopping: stopping.signal })
  const stop = async () => {
    stopping.abort()
    await close(server, underWay)
    await database.close()
  }
  let stopped: Promise<void> | undefined
  return { url, faults, stop: () => (stopped ??= stop()) }
}

const faultsOf = (config: Config): Faults =>
  createFaults({
    latencyMs: config.SANDBOX_LATENCY_MS,
    failBefore: config.SANDBOX_FAIL_BEFORE,
    failAfter: config.SANDBOX_FAIL_AFTER,
  })

/** Where a browser finds the 3-D Secure page, without a slash at the end. */
const publicUrlOf = (config: Config, url: string): string =>
  (config.SANDBOX_PUBLIC_URL ?? config.SANDBOX_URL ?? url).replace(/\/+$/, '')

async function close(server: Server, underWay: ReadonlySet<Promise<void>>): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  // A request may still arrive on a connection that was open before.
  while (underWay.size > 0) await Promise.all(underWay)
  server.closeAllConnections()
  await closed
}
