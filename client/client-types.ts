import type { LoginInput, LoginMutation, TypedDocumentString } from './generated/graphql.ts'
import type { MutationData, Outcome, PayloadOf } from './outcome.ts'
import type { RetryOptions } from './retry.ts'
import type { SessionKeeper } from './session-keeper.ts'
import type { SessionStore } from './session-store.ts'

/** How a client is made. Only `url` is needed. */
export type ClientOptions = {
  /** Where the router answers: `https://shop.example.com/graphql`. */
  url: string
  /** Where the session is kept; in memory unless set. */
  store?: SessionStore
  /** Called when the session is over and could not be refreshed: the person has to sign in again. */
  onSessionEnd?: () => void
  /** Sent with every request and socket: `x-currency`, say. */
  headers?: Readonly<Record<string, string>>
  /** Who this client is, for the router's log of used fields. */
  name?: string
  version?: string
  retry?: RetryOptions
  /** The longest that a query or mutation may take, tries included; 30 seconds unless set. */
  timeoutMs?: number
  /** Those of the platform unless set. */
  fetch?: typeof globalThis.fetch
  webSocketImpl?: unknown
}

/** `signal` gives up, or ends a subscription. `isIdempotent`: a mutation that carries an idempotency key may be tried again. */
export type RequestOptions = { signal?: AbortSignal; isIdempotent?: boolean }

/** The variables, which may be left out where none is needed, and the options. */
export type Rest<Variables> =
  Record<string, never> extends Variables
    ? [variables?: Variables, options?: RequestOptions]
    : [variables: Variables, options?: RequestOptions]

/** The shop's graph, typed by its documents. */
export type Client = {
  /** The data of a query, tried again where nobody took it in. Throws {@link GraphRequestError} where the answer has errors. */
  query<Data, Variables extends object>(
    document: TypedDocumentString<Data, Variables>,
    ...rest: Rest<Variables>
  ): Promise<Data>
  /** What came of a mutation with one root field: done, or refused for reasons that the person can act on. Throws as `query` does. */
  mutate<Data extends MutationData, Variables extends object>(
    document: TypedDocumentString<Data, Variables>,
    ...rest: Rest<Variables>
  ): Promise<Outcome<PayloadOf<Data>>>
  /** The data of each event, resumed after whatever interrupts it. Leaving the loop, or `return()`, ends it. */
  subscribe<Data, Variables extends object>(
    document: TypedDocumentString<Data, Variables>,
    ...rest: Rest<Variables>
  ): AsyncIterableIterator<Data>
  /** Signs in and keeps the session. */
  signIn(input: LoginInput): Promise<Outcome<PayloadOf<LoginMutation>>>
  /** Ends the session, here and at the shop. */
  signOut(): Promise<void>
  /** The tokens of who signed in, for `authorizedFetch` and sockets of other clients. */
  readonly session: SessionKeeper
  /** Closes the socket. */
  close(): Promise<void>
}
