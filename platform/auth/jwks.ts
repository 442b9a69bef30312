import type { KeyObject } from 'node:crypto'
import { z } from 'zod'
import { SUBGRAPHS, type SubgraphName } from '../runtime/names.ts'
import { type PublicJwk, readPublicKey } from './keys.ts'
import type { KeyLookup, ServiceKeys } from './tokens.ts'

// Whoever sends tokens with invented key ids must not make us ask the users subgraph each time.
const REFETCH_COOLDOWN_MS = 5_000
const FETCH_TIMEOUT_MS = 5_000

const jwkSchema = z.looseObject({ kid: z.string(), kty: z.literal('EC'), crv: z.literal('P-256') })
const jwksSchema = z.object({ keys: z.array(jwkSchema) })
const serviceJwksSchema = z.partialRecord(z.enum(SUBGRAPHS), jwkSchema)

/** Keys of a JWK Set at `url`, fetched at need: an unknown key id makes us look again, at most every five seconds. */
export function createRemoteJwks(url: string): KeyLookup {
  let keys = new Map<string, KeyObject>()
  let fetchedAtMs = Number.NEGATIVE_INFINITY
  let fetching: Promise<void> | undefined
  const refresh = async () => {
    const answer = await fetch(url, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) })
    if (!answer.ok) throw new Error(`expected a JWK Set at JWKS_URL, got status ${answer.status}`)
    const set = jwksSchema.parse(await answer.json())
    keys = new Map(set.keys.map((jwk) => [jwk.kid, readPublicKey(jwk)]))
    fetchedAtMs = Date.now()
  }
  return async (kid) => {
    if (!keys.has(kid) && Date.now() - fetchedAtMs > REFETCH_COOLDOWN_MS) {
      fetching ??= refresh().finally(() => (fetching = undefined))
      await fetching
    }
    return keys.get(kid)
  }
}

/** Reads `SERVICE_JWKS`: the public key of each service, by its name. */
export function readServiceKeys(json: string): ServiceKeys {
  const byService = serviceJwksSchema.parse(JSON.parse(json))
  const entries = Object.entries(byService) as [SubgraphName, PublicJwk][]
  return { byKid: new Map(entries.map(([service, jwk]) => [jwk.kid, { service, key: readPublicKey(jwk) }])) }
}
