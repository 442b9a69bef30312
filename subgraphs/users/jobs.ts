import { sql } from 'kysely'
import { z } from 'zod'
import type { Runtime } from '#platform/graphql/define-subgraph.ts'
import type { Jobs } from '#platform/jobs/worker.ts'
import type { UsersServices } from './services.ts'

const revocation = z.object({ sessionIds: z.array(z.uuid()) })

/** The durable work of the users subgraph. */
export const createJobs = (runtime: Runtime, services: UsersServices): Jobs => ({
  handlers: {
    'revoke-sessions': async (payload) => services.revoke(revocation.parse(payload).sessionIds),
    'forget-expired-tokens': () => forgetExpiredTokens(runtime),
  },
  crontab: '17 3 * * * forget-expired-tokens',
})

/** Refresh tokens that have expired, and sessions that have none left. */
async function forgetExpiredTokens(runtime: Runtime): Promise<void> {
  const db = runtime.database.sql()
  await sql`delete from refresh_token where expires_at < now()`.execute(db)
  await sql`delete from session where not exists (select from refresh_token where session_id = session.id)`.execute(db)
}
