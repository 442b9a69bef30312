import { networkOf } from '#platform/runtime/network.ts'
import { createCache } from '../caches.ts'
import type { RequestContext } from '../request-context.ts'
import type { Identity } from '../security/authenticate.ts'

/** Who asks: a person who is signed in, else an address. */
export type Caller = { readonly identity: Identity; readonly address: string | undefined }

/** Who asks, in the terms of a request's context. */
export const callerOf = ({ identity, forwarded }: Pick<RequestContext, 'identity' | 'forwarded'>): Caller => ({
  identity,
  address: forwarded.address,
})

/** What a caller has spent, and until when that counts, as `performance.now()` has it. `key` tells callers apart. */
export type Count = { readonly key: string; points: number; endsAtMs: number }

/** What is known of callers here: all that this process counted, and what the others had when they were last heard. */
export type CallerCounts = {
  /** Begins with nothing spent, and again with nothing when its time is over. */
  of(caller: Caller): Count
  /** Whatever its time: to be told what others have counted. */
  find(key: string): Count
}

// More callers than any process serves in a minute. The one that was not heard of for longest is let go of first.
const REMEMBERED_CALLERS = 100_000
// So often a caller is looked up again, which tells the cache that it is still there: nobody is let go of in less.
const KNOWN_FOR_MS = 1_000

type Found = Count & { foundAtMs: number }

/** Counts that last for `windowMs` from their first point. */
export function createCallerCounts(windowMs: number): CallerCounts {
  const counts = createCache<string, Found>('callers', { max: REMEMBERED_CALLERS })
  // An identity is remembered with its token: to find its count by a text takes longer than all else about it.
  const ofUsers = new WeakMap<Identity, Found>()
  const find = (key: string, nowMs: number): Found => {
    const known = counts.get(key)
    const count = known ?? { key, points: 0, endsAtMs: 0, foundAtMs: nowMs }
    count.foundAtMs = nowMs
    if (known === undefined) counts.set(key, count)
    return count
  }
  const ofUser = (identity: Identity, userId: string, nowMs: number): Count => {
    const known = ofUsers.get(identity)
    if (known !== undefined && nowMs - known.foundAtMs < KNOWN_FOR_MS) return known
    const count = find(`user ${userId}`, nowMs)
    if (count !== known) ofUsers.set(identity, count)
    return count
  }
  return {
    of: ({ identity, address }) => {
      const nowMs = performance.now()
      const { viewer } = identity
      const count = viewer.kind === 'user' ? ofUser(identity, viewer.userId, nowMs) : find(keyOf(address), nowMs)
      if (count.endsAtMs > nowMs) return count
      count.points = 0
      count.endsAtMs = nowMs + windowMs
      return count
    },
    find: (key) => find(key, performance.now()),
  }
}

const keyOf = (address: string | undefined): string =>
  `address ${address === undefined ? 'unknown' : networkOf(address)}`
