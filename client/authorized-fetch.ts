import type { SessionKeeper } from './session-keeper.ts'

/**
 * `fetch` as who signed in, for another GraphQL client: Apollo's `HttpLink`, urql, Relay. A request whose token is refused was
 * not executed, and is sent once more with another.
 */
export const authorizedFetch =
  (session: SessionKeeper, fetch: typeof globalThis.fetch = globalThis.fetch): typeof globalThis.fetch =>
  async (url, init) => {
    const token = await session.token()
    const response = await fetch(url, withToken(init, token))
    if (token === undefined || response.status !== UNAUTHORIZED) return response
    const another = await session.replace(token)
    return another === undefined ? response : fetch(url, withToken(init, another))
  }

const UNAUTHORIZED = 401

function withToken(init: RequestInit | undefined, token: string | undefined): RequestInit {
  const headers = new Headers(init?.headers)
  if (token !== undefined) headers.set('authorization', `Bearer ${token}`)
  return { ...init, headers }
}
