/** Who is signed in. */
export type Session = {
  readonly accessToken: string
  /** When it ends, as the graph writes times. */
  readonly accessTokenExpiresAt: string
  /** Each use replaces it. */
  readonly refreshToken: string
}

/** Where the session is kept. */
export type SessionStore = {
  get(): Session | undefined
  set(session: Session | undefined): void
  /** Does `work` while nobody else who uses the same session does any. */
  alone<Outcome>(work: () => Promise<Outcome>): Promise<Outcome>
}

/** Keeps the session as long as the program runs. */
export function memorySession(initial?: Session): SessionStore {
  let session = initial
  return {
    get: () => session,
    set: (next) => void (session = next),
    // One client has one refresh under way at most; two clients on one store would be two.
    alone: inTurn(),
  }
}

/**
 * Keeps the session in the browser, for all tabs of the site: whichever refreshes it first does so for all. Scripts of the
 * site can read it: keep foreign ones out with a content security policy.
 */
export function browserSession(key = 'agora-session'): SessionStore {
  return {
    get: () => {
      const text = localStorage.getItem(key)
      return text === null ? undefined : (JSON.parse(text) as Session)
    },
    set: (session) => {
      if (session === undefined) localStorage.removeItem(key)
      else localStorage.setItem(key, JSON.stringify(session))
    },
    alone: (work) => navigator.locks.request(key, work),
  }
}

function inTurn(): SessionStore['alone'] {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const turn = last.then(work)
    last = turn.catch(() => undefined)
    return turn
  }
}
