import type { Client, ClientOptions, RequestOptions } from './client-types.ts'
import { GraphRequestError, isUnauthenticated } from './errors.ts'
import {
  LoginDocument,
  LogoutDocument,
  RefreshSessionDocument,
  type RefreshSessionMutation,
  type TypedDocumentString,
} from './generated/graphql.ts'
import { outcomeOf } from './outcome.ts'
import { withRetries } from './retry.ts'
import { type Answer, createSend, type Send } from './send.ts'
import { createSessionKeeper, type SessionKeeper } from './session-keeper.ts'
import { memorySession, type Session } from './session-store.ts'
import { createSubscriptions } from './subscriptions.ts'

const TIMEOUT_MS = 30_000

// What every Rest of the client is.
type Sent = [variables?: object, options?: RequestOptions]

/** A {@link Client} of the router at `url`. It connects when it is asked something. */
export function createClient(options: ClientOptions): Client {
  const { url, store = memorySession(), onSessionEnd = () => undefined, timeoutMs = TIMEOUT_MS } = options
  const headers = headersOf(options)
  const once = createSend(url, headers, options.fetch ?? fetch)
  const repeated = withRetries(once, options.retry)
  const signalOf = (signal?: AbortSignal) =>
    AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal === undefined ? [] : [signal])])
  const session = createSessionKeeper(store, (token) => refresh(once, token, signalOf()), onSessionEnd)
  const subscriptions = createSubscriptions({
    url: url.replace(/^http/, 'ws'),
    headers,
    session,
    webSocketImpl: options.webSocketImpl,
  })

  const ask = async <Data>(
    send: Send,
    document: TypedDocumentString<Data, never>,
    variables: object = {},
    signal?: AbortSignal,
  ): Promise<Data> => {
    const answer = await authorized(send, session)({ query: document.toString(), variables }, signalOf(signal))
    return dataOf(answer)
  }
  const mutate: Client['mutate'] = async (document, ...[variables, request]: Sent) =>
    outcomeOf(await ask(request?.isIdempotent ? repeated : once, document, variables, request?.signal))
  return {
    query: (document, ...[variables, request]: Sent) => ask(repeated, document, variables, request?.signal),
    mutate,
    subscribe: (document, ...[variables = {}, request]: Sent) =>
      subscriptions.events({ query: document.toString(), variables }, request?.signal ?? new AbortController().signal),
    signIn: async (input) => {
      const outcome = await mutate(LoginDocument, { input })
      if (outcome.payload.session !== null) store.set(outcome.payload.session)
      return outcome
    },
    signOut: async () => {
      const refreshToken = store.get()?.refreshToken
      store.set(undefined)
      if (refreshToken !== undefined) await mutate(LogoutDocument, { input: { refreshToken } })
    },
    session,
    close: subscriptions.close,
  }
}

const headersOf = ({ headers, name, version }: ClientOptions): Record<string, string> => ({
  ...headers,
  ...(name !== undefined && { 'apollographql-client-name': name }),
  ...(version !== undefined && { 'apollographql-client-version': version }),
})

/** Sends with the session's token. One that is refused was not executed: with another token it is sent once more. */
const authorized =
  (send: Send, session: SessionKeeper) =>
  async (operation: { query: string; variables: object }, signal: AbortSignal): Promise<Answer> => {
    const token = await session.token()
    const answer = await send(operation, { token, signal })
    if (token === undefined || !isUnauthenticated(answer.errors)) return answer
    const another = await session.replace(token)
    return another === undefined ? answer : send(operation, { token: another, signal })
  }

async function refresh(send: Send, refreshToken: string, signal: AbortSignal): Promise<Session | undefined> {
  const query = RefreshSessionDocument.toString()
  const answer = await send({ query, variables: { input: { refreshToken } } }, { signal })
  return outcomeOf(dataOf<RefreshSessionMutation>(answer)).payload.session ?? undefined
}

/** What a document asked for: its types were made from the graph by which the router answers. */
function dataOf<Data>({ data, errors, status }: Answer): Data {
  if (errors !== undefined && errors.length > 0) throw new GraphRequestError({ errors, data, status })
  return data as Data
}
