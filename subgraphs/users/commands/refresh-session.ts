import { LockMode } from '@mikro-orm/postgresql'
import { ok, type Result, refuse } from '#platform/kernel/result.ts'
import type { Transaction } from '#platform/db/transaction.ts'
import type { AccountErrorCode } from '../../../.generated/users.ts'
import type { UsersContext } from '../context.ts'
import { judgeRefresh } from '../domain/refresh.ts'
import { Account, RefreshToken, Session } from '../persistence/entities.ts'
import { endSessions, hashToken, issueTokens, type OpenSession, revokeNow } from './sessions.ts'

type Outcome = { session: OpenSession } | { ended: string[] }

/** Trades a refresh token for new tokens of the same session; one that was used before ends the session. */
export async function refreshSession(
  context: UsersContext,
  refreshToken: string,
): Promise<Result<OpenSession, AccountErrorCode>> {
  const outcome = await context.transaction((tx) => rotate(tx, context, refreshToken))
  if ('session' in outcome) return ok(outcome.session)
  await revokeNow(context, outcome.ended)
  return refuse('INVALID_TOKEN', 'the refresh token is unknown, expired or used; sign in again', [
    'input',
    'refreshToken',
  ])
}

/** Ends the session that the token belongs to; an unknown token's has ended already. */
export async function logout(context: UsersContext, refreshToken: string): Promise<void> {
  const ended = await context.transaction(async (tx) => {
    const token = await tx.em.findOne(RefreshToken, hashToken(refreshToken))
    return token === null ? [] : endSessions(tx, { sessionId: token.sessionId })
  })
  await revokeNow(context, ended)
}

async function rotate(tx: Transaction, context: UsersContext, refreshToken: string): Promise<Outcome> {
  const token = await tx.em.findOne(RefreshToken, hashToken(refreshToken), { lockMode: LockMode.PESSIMISTIC_WRITE })
  if (token === null) return { ended: [] }
  const session = await tx.em.findOneOrFail(Session, token.sessionId)
  const now = new Date()
  const verdict = judgeRefresh({ ...token, sessionEndedAt: session.endedAt ?? null, usedAt: token.usedAt ?? null }, now)
  if (verdict === 'refuse') return { ended: [] }
  if (verdict === 'revoke') {
    context.log.warn({ sessionId: session.id }, 'a refresh token was used again: its session ends')
    return { ended: await endSessions(tx, { sessionId: session.id }) }
  }
  token.usedAt ??= now
  const user = await tx.em.findOneOrFail(Account, session.accountId)
  return { session: issueTokens(tx, context, { user, sessionId: session.id }) }
}
