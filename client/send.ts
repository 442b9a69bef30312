import { type GraphError, GraphUnreachableError } from './errors.ts'

/** An operation as it goes over the wire. */
export type Operation = { readonly query: string; readonly variables: object }

/** What the router answered. */
export type Answer = {
  readonly status: number
  readonly data?: unknown
  readonly errors?: readonly GraphError[]
  /** How long it asks to wait before another try. */
  readonly retryAfterMs?: number
}

/** Sends one operation once. Throws {@link GraphUnreachableError} where no GraphQL came back, and the signal's reason once it is aborted. */
export type Send = (
  operation: Operation,
  options: { token?: string | undefined; signal: AbortSignal },
) => Promise<Answer>

/** Sends to `url` by HTTP POST. */
export const createSend =
  (url: string, headers: Readonly<Record<string, string>>, fetch: typeof globalThis.fetch): Send =>
  async (operation, { token, signal }) => {
    const response = await reach(url, signal, () =>
      fetch(url, {
        method: 'POST',
        headers: {
          ...headers,
          'content-type': 'application/json',
          accept: 'application/graphql-response+json, application/json;q=0.9',
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify(operation),
        signal,
      }),
    )
    const retryAfterS = Number(response.headers.get('retry-after') ?? Number.NaN)
    return {
      ...(await bodyOf(response, signal, url)),
      status: response.status,
      ...(!Number.isNaN(retryAfterS) && { retryAfterMs: retryAfterS * 1000 }),
    }
  }

async function reach(url: string, signal: AbortSignal, ask: () => Promise<Response>): Promise<Response> {
  try {
    return await ask()
  } catch (cause) {
    signal.throwIfAborted()
    throw new GraphUnreachableError(`${url} can't be reached`, { cause })
  }
}

type Body = Pick<Answer, 'data' | 'errors'>

async function bodyOf(response: Response, signal: AbortSignal, url: string): Promise<Body> {
  try {
    const body: unknown = await response.json()
    if (typeof body === 'object' && body !== null && ('data' in body || 'errors' in body)) return body as Body
  } catch (cause) {
    signal.throwIfAborted()
    throw new GraphUnreachableError(`${url} answered ${response.status} and no JSON`, {
      cause,
      status: response.status,
    })
  }
  throw new GraphUnreachableError(`${url} answered ${response.status} and no GraphQL`, { status: response.status })
}
