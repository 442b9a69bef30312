import type { Revocations } from '#platform/auth/revocations.ts'
import { CallerError } from '#platform/kernel/errors.ts'
import { toGraphQLError } from '../errors.ts'
import type { RequestHeaders } from '../request-headers.ts'
import type { Identity } from '../security/authenticate.ts'

/** One client's WebSocket, from its `connection_init` on. */
export type Session = {
  readonly identity: Identity
  readonly headers: RequestHeaders
  readonly clientAddress: string | undefined
  /** Aborted, with an error for the client as the reason, when its token expires or is revoked. */
  readonly ended: AbortSignal
  close(): void
}

/** The open sessions, so that a logout ends what was subscribed in it. */
export type Sessions = { open(session: Pick<Session, 'identity' | 'headers' | 'clientAddress'>): Session }

// The longest that a timer of Node can wait.
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** New, empty {@link Sessions}. */
export function createSessions(revocations: Pick<Revocations, 'onRevoked'> | undefined): Sessions {
  const bySessionId = new Map<string, Set<AbortController>>()
  revocations?.onRevoked((sessionId) => {
    for (const controller of bySessionId.get(sessionId) ?? []) controller.abort(endedBy('the session has ended'))
  })
  return {
    open: (session) => {
      const ended = new AbortController()
      const { viewer, expiresAtMs } = session.identity
      const disarm = atTime(expiresAtMs, () => ended.abort(endedBy('the access token has expired')))
      const sessionId = viewer.kind === 'user' ? viewer.sessionId : undefined
      const forget = sessionId === undefined ? () => undefined : remember(bySessionId, sessionId, ended)
      return {
        ...session,
        ended: ended.signal,
        close: () => {
          disarm()
          forget()
        },
      }
    },
  }
}

/** Calls `act` at a time, however far away; the function that comes back takes that back. Timers may fire a moment early. */
function atTime(timeMs: number, act: () => void): () => void {
  let timer: NodeJS.Timeout
  const arm = () => {
    const leftMs = timeMs - Date.now()
    if (leftMs <= 0) return act()
    timer = setTimeout(arm, Math.min(leftMs, LONGEST_TIMER_MS)).unref()
  }
  arm()
  return () => clearTimeout(timer)
}

function remember(
  bySessionId: Map<string, Set<AbortController>>,
  sessionId: string,
  ended: AbortController,
): () => void {
  const controllers = bySessionId.get(sessionId) ?? new Set()
  bySessionId.set(sessionId, controllers.add(ended))
  return () => {
    controllers.delete(ended)
    if (controllers.size === 0) bySessionId.delete(sessionId)
  }
}

const endedBy = (reason: string) => toGraphQLError(new CallerError('UNAUTHENTICATED', `authorization: ${reason}`))
