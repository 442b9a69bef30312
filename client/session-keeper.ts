import type { Session, SessionStore } from './session-store.ts'

/** Keeps the access token fresh. */
export type SessionKeeper = {
  /** The token to send, traded for a new one where it is about to end. Undefined for a guest. */
  token(): Promise<string | undefined>
  /** Another token after `refused` was; undefined where the session is over. */
  replace(refused: string): Promise<string | undefined>
}

/** Trades a refresh token for a new session; undefined where the session is over. Throws where nobody answered. */
export type Refresh = (refreshToken: string) => Promise<Session | undefined>

// Longer than a request takes to arrive; a minute's clock skew is mended by the refusal that it leads to.
const LEEWAY_MS = 30_000

/** However many ask at once, one refresh is under way. `onEnd` hears of a session that could not be refreshed. */
export function createSessionKeeper(store: SessionStore, refresh: Refresh, onEnd: () => void): SessionKeeper {
  let underWay: Promise<string | undefined> | undefined
  const renew = (isStale: (session: Session) => boolean): Promise<string | undefined> => {
    underWay ??= store
      .alone(async () => {
        const session = store.get()
        // Somebody else was faster, in another tab perhaps.
        if (session === undefined || !isStale(session)) return session?.accessToken
        const next = await refresh(session.refreshToken)
        store.set(next)
        if (next === undefined) onEnd()
        return next?.accessToken
      })
      .finally(() => (underWay = undefined))
    return underWay
  }
  return {
    token: async () => {
      const session = store.get()
      return session !== undefined && endsSoon(session) ? renew(endsSoon) : session?.accessToken
    },
    replace: (refused) => renew(({ accessToken }) => accessToken === refused),
  }
}

const endsSoon = ({ accessTokenExpiresAt }: Session): boolean =>
  Date.parse(accessTokenExpiresAt) - Date.now() < LEEWAY_MS
