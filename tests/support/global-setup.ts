import type { EmbeddedPostgres } from '#platform/embedded/postgres.ts'
import { SHARED_CLUSTER } from './backing.ts'
import { startTestCluster } from './cluster.ts'

let cluster: EmbeddedPostgres | undefined

/** `node --test --test-global-setup=tests/support/global-setup.ts`: one PostgreSQL for the whole run. */
export async function globalSetup(): Promise<void> {
  cluster = await startTestCluster()
  process.env[SHARED_CLUSTER] = cluster.url
}

/** Stops it, whether the tests passed or not. */
export async function globalTeardown(): Promise<void> {
  await cluster?.stop()
}
