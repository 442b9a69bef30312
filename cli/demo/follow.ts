import { createClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import { type Endpoint, ShopError } from '../client/ask.ts'

/** A subscription that runs. */
export type Following = {
  /** Resolves with the first event, of those that came and those to come, for which `isIt` holds. */
  until(what: string, isIt: (event: unknown) => boolean): Promise<unknown>
  stop(): Promise<void>
}

/** What to follow, and who hears of every event at once. */
export type Subscription = { document: string; variables: Record<string, unknown>; onEvent(event: unknown): void }

// A shop answers within milliseconds; one that is being started up beside us may take longer.
const PATIENCE_MS = 20_000

/** Subscribes over graphql-transport-ws. */
export function follow({ url, token }: Endpoint, { document, variables, onEvent }: Subscription): Following {
  const client = createClient({
    url: url.replace(/^http/, 'ws'),
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    ...(token !== undefined && { connectionParams: { authorization: `Bearer ${token}` } }),
  })
  const events: unknown[] = []
  const arrival = new EventTarget()
  const failed = Promise.withResolvers<never>()
  // Whoever waits hears of it; where nobody does, the story had its events already.
  failed.promise.catch(() => undefined)
  client.subscribe(
    { query: document, variables },
    {
      next: ({ data, errors }) => {
        if (errors !== undefined) return failed.reject(new ShopError(`the subscription failed: ${errors[0]?.message}`))
        events.push(data)
        onEvent(data)
        arrival.dispatchEvent(new Event('event'))
      },
      error: (error) => failed.reject(new ShopError(`the subscription failed: ${reasonOf(error)}`)),
      complete: () => failed.reject(new ShopError('the shop ended the subscription')),
    },
  )
  return {
    until: (what, isIt) => Promise.race([firstOf(events, arrival, isIt), failed.promise, patience(what)]),
    stop: async () => client.dispose(),
  }
}

function firstOf(
  events: readonly unknown[],
  arrival: EventTarget,
  isIt: (event: unknown) => boolean,
): Promise<unknown> {
  return new Promise((resolve) => {
    const look = () => {
      const found = events.find(isIt)
      if (found === undefined) return
      arrival.removeEventListener('event', look)
      resolve(found)
    }
    arrival.addEventListener('event', look)
    look()
  })
}

const patience = (what: string): Promise<never> =>
  new Promise((_, reject) => {
    setTimeout(
      () => reject(new ShopError(`waited ${PATIENCE_MS / 1000} seconds in vain: ${what}`)),
      PATIENCE_MS,
    ).unref()
  })

/** A refused or broken connection is no Error with graphql-ws, but the socket's event. */
function reasonOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error)
  if ('message' in error && error.message !== '') return String(error.message)
  return 'code' in error && 'reason' in error
    ? `closed with ${String(error.code)} ${String(error.reason)}`
    : 'connection lost'
}
