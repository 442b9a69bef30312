import type { KeyObject } from 'node:crypto'
import { z } from 'zod'
import { SUBGRAPHS, type SubgraphName } from '../runtime/names.ts'
import { type PublicJwk, readPublicKey } from './keys.ts'
import type { KeyLookup, ServiceKeys } from './tokens.ts'

// Whoever sends tokens with invented key ids must not make us ask the issuer each time.
const REFETCH_COOLDOWN_MS = 5_000
// After a failure sooner: at a start the users subgraph is only a moment late.
const RETRY_COOLDOWN_MS = 500
const FETCH_TIMEOUT_MS = 5_000
// A key that its issuer took back is trusted no longer than this; the next one who needs a key makes us look.
const MAX_AGE_MS = 5 * 60_000

const jwkSchema = z.looseObject({ kid: z.string(), kty: z.literal('EC'), crv: z.literal('P-256') })
const serviceJwksSchema = z.partialRecord(z.enum(SUBGRAPHS), jwkSchema)

// Whatever else stands in a set is another's (RFC 7517, section 5): symmetric keys, keys to encrypt with, kinds unknown here.
const jwksSchema = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) })
const verifyingSchema = z.looseObject({
  kid: z.string(),
  kty: z.enum(['EC', 'RSA']),
  use: z.literal('sig').optional(),
})

type Fetched = {
  keys: ReadonlyMap<string, KeyObject>
  fetchedAtMs: number
  askAgainAtMs: number
  failure?: Error
}

/**
 * The public keys (EC and RSA) of a JWK Set at `url`, fetched at need: an unknown key id makes us look again, at most
 * every five seconds; known ones are looked for again, behind the caller's back, after five minutes. Throws where
 * the set can't be had and the key is not known from before.
 */
export function createRemoteJwks(url: string, { now = Date.now }: { now?: () => number } = {}): KeyLookup {
  const never = Number.NEGATIVE_INFINITY
  let held: Fetched = { keys: new Map(), fetchedAtMs: never, askAgainAtMs: never }
  let fetching: Promise<void> | undefined
  const refresh = async () => {
    try {
      held = { keys: await fetchKeys(url), fetchedAtMs: now(), askAgainAtMs: now() + REFETCH_COOLDOWN_MS }
    } catch (error) {
      const failure = new Error(`expected a JWK Set at ${url}`, { cause: error })
      held = { ...held, askAgainAtMs: now() + RETRY_COOLDOWN_MS, failure }
    }
    fetching = undefined
  }
  return async (kid) => {
    const isKnown = held.keys.has(kid)
    const isWanted = !isKnown || now() - held.fetchedAtMs >= MAX_AGE_MS
    if (isWanted && now() >= held.askAgainAtMs) fetching ??= refresh()
    // An issuer that does not answer holds up nobody whose key is known.
    if (!isKnown) await fetching
    const key = held.keys.get(kid)
    if (key === undefined && held.failure !== undefined) throw held.failure
    return key
  }
}

async function fetchKeys(url: string): Promise<Map<string, KeyObject>> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) })
  if (!answer.ok) throw new Error(`expected a JWK Set, got status ${answer.status}`)
  const { keys } = jwksSchema.parse(await answer.json())
  const verifying = keys.flatMap((jwk) => verifyingSchema.safeParse(jwk).data ?? [])
  return new Map(verifying.map((jwk) => [jwk.kid, readPublicKey(jwk)]))
}

/** Reads `SERVICE_JWKS`: the public key of each service, by its name. */
export function readServiceKeys(json: string): ServiceKeys {
  const byService = serviceJwksSchema.parse(JSON.parse(json))
  const entries = Object.entries(byService) as [SubgraphName, PublicJwk][]
  return { byKid: new Map(entries.map(([service, jwk]) => [jwk.kid, { service, key: readPublicKey(jwk) }])) }
}
