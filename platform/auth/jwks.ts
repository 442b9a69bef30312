import type { KeyObject } from 'node:crypto'
import { z } from 'zod'
import { SUBGRAPHS, type SubgraphName } from '../runtime/names.ts'
import { type PublicJwk, readPublicKey } from './keys.ts'
import type { KeyLookup, ServiceKeys } from './tokens.ts'

// Whoever sends tokens with invented key ids must not make us ask the users subgraph each time.
const REFETCH_COOLDOWN_MS = 5_000
// After a failure sooner: at a start the users subgraph is only a moment late.
const RETRY_COOLDOWN_MS = 500
const FETCH_TIMEOUT_MS = 5_000

const jwkSchema = z.looseObject({ kid: z.string(), kty: z.literal('EC'), crv: z.literal('P-256') })
const jwksSchema = z.object({ keys: z.array(jwkSchema) })
const serviceJwksSchema = z.partialRecord(z.enum(SUBGRAPHS), jwkSchema)

type Fetched = { keys: ReadonlyMap<string, KeyObject>; askAgainAtMs: number; failure?: Error }

/**
 * Keys of a JWK Set at `url`, fetched at need: an unknown key id makes us look again, at most every five seconds.
 * Throws where the set can't be had and the key is not known from before.
 */
export function createRemoteJwks(url: string, { now = Date.now }: { now?: () => number } = {}): KeyLookup {
  let held: Fetched = { keys: new Map(), askAgainAtMs: Number.NEGATIVE_INFINITY }
  let fetching: Promise<void> | undefined
  const refresh = async () => {
    try {
      held = { keys: await fetchKeys(url), askAgainAtMs: now() + REFETCH_COOLDOWN_MS }
    } catch (error) {
      held = {
        keys: held.keys,
        askAgainAtMs: now() + RETRY_COOLDOWN_MS,
        failure: new Error('expected a JWK Set at JWKS_URL', { cause: error }),
      }
    }
    fetching = undefined
  }
  return async (kid) => {
    if (!held.keys.has(kid) && now() >= held.askAgainAtMs) await (fetching ??= refresh())
    const key = held.keys.get(kid)
    if (key === undefined && held.failure !== undefined) throw held.failure
    return key
  }
}

async function fetchKeys(url: string): Promise<Map<string, KeyObject>> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) })
  if (!answer.ok) throw new Error(`expected a JWK Set at JWKS_URL, got status ${answer.status}`)
  const set = jwksSchema.parse(await answer.json())
  return new Map(set.keys.map((jwk) => [jwk.kid, readPublicKey(jwk)]))
}

/** Reads `SERVICE_JWKS`: the public key of each service, by its name. */
export function readServiceKeys(json: string): ServiceKeys {
  const byService = serviceJwksSchema.parse(JSON.parse(json))
  const entries = Object.entries(byService) as [SubgraphName, PublicJwk][]
  return { byKid: new Map(entries.map(([service, jwk]) => [jwk.kid, { service, key: readPublicKey(jwk) }])) }
}
