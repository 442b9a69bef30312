// A lost answer, or two tabs at once: the same token may come twice within this time.
const GRACE_MS = 10_000

/** A refresh token and its session, as they are when it is used. */
export type UsedToken = { expiresAt: Date; usedAt: Date | null; sessionEndedAt: Date | null }

/**
 * What using a refresh token leads to. `rotate`: a new one; `refuse`: nothing; `revoke`: it was used before, so somebody
 * has stolen it, the person or we can't tell who: the family ends. (RFC 9700, 4.14.2)
 */
export function judgeRefresh(token: UsedToken, now: Date): 'rotate' | 'refuse' | 'revoke' {
  if (token.sessionEndedAt !== null || token.expiresAt <= now) return 'refuse'
  if (token.usedAt === null) return 'rotate'
  return now.getTime() - token.usedAt.getTime() <= GRACE_MS ? 'rotate' : 'revoke'
}
