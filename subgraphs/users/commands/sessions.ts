import { createHash, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { signAccessToken } from '#platform/auth/tokens.ts'
import { SCOPES_BY_ROLE } from '#platform/auth/viewer.ts'
import type { Transaction } from '#platform/db/transaction.ts'
import { newId } from '#platform/kernel/ids.ts'
import { messageOf } from '#platform/kernel/errors.ts'
import type { UsersContext } from '../context.ts'
import { RefreshToken, Session } from '../persistence/entities.ts'
import type { UserRow } from '../persistence/rows.ts'

/** What a signed-in client gets. */
export type OpenSession = { accessToken: string; refreshToken: string; accessTokenExpiresAt: Date; user: UserRow }

/** Opens a session of its own for `user` and gives its first tokens. */
export async function openSession(tx: Transaction, context: UsersContext, user: UserRow): Promise<OpenSession> {
  const session = { id: newId(), accountId: user.id, createdAt: new Date(), endedAt: null }
  tx.em.create(Session, session, { persist: true })
  // Its tokens reference it by a plain id, so that the unit of work does not know which comes first.
  await tx.em.flush()
  return issueTokens(tx, context, { user, sessionId: session.id })
}

/** A new pair of tokens for a session. */
export function issueTokens(
  tx: Transaction,
  { runtime, services }: UsersContext,
  of: { user: UserRow; sessionId: string },
): OpenSession {
  const { ACCESS_TOKEN_TTL_S: ttlS, REFRESH_TOKEN_TTL_S } = runtime.config
  const now = Date.now()
  const refreshToken = randomBytes(32).toString('base64url')
  tx.em.create(
    RefreshToken,
    {
      hash: hashToken(refreshToken),
      sessionId: of.sessionId,
      issuedAt: new Date(now),
      expiresAt: new Date(now + REFRESH_TOKEN_TTL_S * 1000),
      usedAt: null,
    },
    { persist: true },
  )
  const { id: userId, role } = of.user
  const claims = { userId, sessionId: of.sessionId, role, scopes: SCOPES_BY_ROLE[role], ttlS }
  return {
    accessToken: signAccessToken(services.signingKey, claims),
    refreshToken,
    // A token's times are whole seconds.
    accessTokenExpiresAt: new Date((Math.floor(now / 1000) + ttlS) * 1000),
    user: of.user,
  }
}

/** Only the hash of a refresh token is kept. It is random: a fast hash without salt is enough. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('base64url')

/** Which sessions end: one, or all of an account but perhaps one. */
export type EndedSessions = { sessionId: string } | { accountId: string; except: string | null }

/**
 * Ends sessions within the transaction, with a job that revokes their access tokens. Gives their ids, for
 * {@link revokeNow} after the commit.
 */
export async function endSessions(tx: Transaction, which: EndedSessions): Promise<string[]> {
  const condition =
    'sessionId' in which
      ? sql`id = ${which.sessionId}::uuid`
      : sql`account_id = ${which.accountId}::uuid and (${which.except}::uuid is null or id <> ${which.except}::uuid)`
  const { rows } = await sql<{ id: string }>`
    update session set ended_at = now() where ${condition} and ended_at is null returning id`.execute(tx.sql)
  const sessionIds = rows.map((row) => row.id)
  if (sessionIds.length > 0) tx.stageJob({ name: 'revoke-sessions', payload: { sessionIds } })
  return sessionIds
}

/** Revokes at once what the staged job would revoke a moment later: the answer is not given before it bites. */
export async function revokeNow({ services, log }: UsersContext, sessionIds: readonly string[]): Promise<void> {
  if (sessionIds.length === 0) return
  try {
    await services.revoke(sessionIds)
  } catch (error) {
    log.warn({ reason: messageOf(error) }, 'sessions are revoked by their job once Redis is back')
  }
}
