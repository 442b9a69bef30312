import type { GraphQLFormattedError } from 'graphql'
import type { Revocations } from '#platform/auth/revocations.ts'
import { CallerError } from '#platform/kernel/errors.ts'
import { toGraphQLError } from '../errors.ts'
import type { RequestHeaders } from '../request-headers.ts'
import type { Authenticate, Identity } from '../security/authenticate.ts'

/** Who a client is, for as long as its socket or its stream is open. */
export type Session = {
  readonly identity: Identity
  readonly headers: RequestHeaders
  readonly clientAddress: string | undefined
  /** Why it has ended, as an error for the client: its token has expired or was revoked. */
  readonly ended: GraphQLFormattedError | undefined
  /** Cuts `ending` when it ends, unless that was removed before. */
  add(ending: Ending): void
  remove(ending: Ending): void
  close(): void
}

/** What ends with a session. */
export type Ending = { cut(errors: readonly GraphQLFormattedError[]): void }

/** The open sessions, so that a logout or a change of role ends what was subscribed in them. */
export type Sessions = {
  /** Throws what `Authenticate` throws. */
  open(client: { authorization: unknown; headers: RequestHeaders; clientAddress: string | undefined }): Promise<Session>
}

// The longest that a timer of Node can wait.
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** New, empty {@link Sessions}. */
export function createSessions(parts: {
  authenticate: Authenticate
  revocations: Pick<Revocations, 'onRevoked'> | undefined
}): Sessions {
  const bySessionId = new Map<string, Set<ClientSession>>()
  parts.revocations?.onRevoked((sessionId) => {
    for (const session of bySessionId.get(sessionId) ?? []) session.end('the session has ended')
  })
  return {
    open: async ({ authorization, headers, clientAddress }) => {
      const identity = await parts.authenticate(typeof authorization === 'string' ? authorization : undefined)
      return new ClientSession({ identity, headers, clientAddress }, bySessionId)
    },
  }
}

/** A class, since there is one for each of tens of thousands of clients. */
class ClientSession implements Session {
  readonly identity: Identity
  readonly headers: RequestHeaders
  readonly clientAddress: string | undefined
  ended: GraphQLFormattedError | undefined
  readonly #bySessionId: Map<string, Set<ClientSession>>
  #endings: Set<Ending> | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(
    { identity, headers, clientAddress }: Pick<Session, 'identity' | 'headers' | 'clientAddress'>,
    bySessionId: Map<string, Set<ClientSession>>,
  ) {
    this.identity = identity
    this.headers = headers
    this.clientAddress = clientAddress
    this.#bySessionId = bySessionId
    this.#remember()
    this.#arm()
  }

  add(ending: Ending): void {
    // A guest's never ends, and most clients are guests.
    if (this.identity.viewer.kind === 'guest' && this.identity.expiresAtMs === Number.POSITIVE_INFINITY) return
    this.#endings ??= new Set()
    this.#endings.add(ending)
  }

  remove(ending: Ending): void {
    this.#endings?.delete(ending)
  }

  end(reason: string): void {
    if (this.ended !== undefined) return
    this.ended = toGraphQLError(new CallerError('UNAUTHENTICATED', `authorization: ${reason}`)).toJSON()
    for (const ending of this.#endings ?? []) ending.cut([this.ended])
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#endings = undefined
    const sessionId = sessionIdOf(this.identity)
    if (sessionId === undefined) return
    const sessions = this.#bySessionId.get(sessionId)
    sessions?.delete(this)
    if (sessions?.size === 0) this.#bySessionId.delete(sessionId)
  }

  #remember(): void {
    const sessionId = sessionIdOf(this.identity)
    if (sessionId === undefined) return
    const sessions = this.#bySessionId.get(sessionId) ?? new Set()
    this.#bySessionId.set(sessionId, sessions.add(this))
  }

  /** Ends it when its token expires, however far away that is. Timers may fire a moment early. */
  #arm(): void {
    const leftMs = this.identity.expiresAtMs - Date.now()
    if (leftMs === Number.POSITIVE_INFINITY) return
    if (leftMs <= 0) return this.end('the access token has expired')
    this.#timer = setTimeout(() => this.#arm(), Math.min(leftMs, LONGEST_TIMER_MS)).unref()
  }
}

const sessionIdOf = ({ viewer }: Identity): string | undefined =>
  viewer.kind === 'user' ? viewer.sessionId : undefined
