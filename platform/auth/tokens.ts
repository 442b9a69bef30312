import type { KeyObject } from 'node:crypto'
import jwt from 'jsonwebtoken'
import { z } from 'zod'
import { SUBGRAPHS, type SubgraphName } from '../runtime/names.ts'
import type { SigningKey } from './keys.ts'
import { ROLES, type Role, type Viewer } from './viewer.ts'

const USER_TOKEN = 'at+jwt'
const SERVICE_TOKEN = 'service+jwt'
// A call between services is answered or given up within seconds; two minutes forgive clocks that differ.
const SERVICE_TOKEN_TTL_S = 120
/** Machines' clocks differ by a little even with NTP: a token is taken so much before its time and after it. */
export const CLOCK_SKEW_S = 5

const accessClaims = z.object({
  sub: z.string(),
  sid: z.string(),
  role: z.enum(ROLES),
  scope: z.string(),
  exp: z.number(),
})
const serviceClaims = z.object({ iss: z.enum(SUBGRAPHS), act: z.string().optional(), exp: z.number() })

/** A viewer as a token told of them, and until when it is taken (milliseconds since 1970): its `exp` and the clock skew. */
export type Verified = { viewer: Viewer; expiresAtMs: number }

/** Finds the public key with an id; undefined where there is none. */
export type KeyLookup = (kid: string) => Promise<KeyObject | undefined>

/** Signs an access token of `ttlS` seconds. */
export function signAccessToken(
  key: SigningKey,
  claims: { userId: string; sessionId: string; role: Role; scopes: readonly string[]; ttlS: number },
): string {
  const payload = { sid: claims.sessionId, role: claims.role, scope: claims.scopes.join(' ') }
  return jwt.sign(payload, key.privateKey, {
    algorithm: 'ES256',
    keyid: key.kid,
    subject: claims.userId,
    expiresIn: claims.ttlS,
    header: { alg: 'ES256', typ: USER_TOKEN },
  })
}

/** Verifies an access token: signature (ES256 only), type, expiry. Throws where it does not hold. */
export async function verifyAccessToken(token: string, keys: KeyLookup): Promise<Verified> {
  const claims = accessClaims.parse(await verify(token, keys, { typ: USER_TOKEN }))
  const scopes = new Set(claims.scope.split(' ').filter((scope) => scope !== ''))
  return {
    viewer: { kind: 'user', userId: claims.sub, sessionId: claims.sid, role: claims.role, scopes },
    expiresAtMs: (claims.exp + CLOCK_SKEW_S) * 1000,
  }
}

/** Signs a service token: `from` calls `to`, for `actorId` where it acts for a person. Two minutes long. */
export function signServiceToken(
  key: SigningKey,
  call: { from: SubgraphName; to: SubgraphName; actorId: string | null },
): string {
  return jwt.sign(call.actorId === null ? {} : { act: call.actorId }, key.privateKey, {
    algorithm: 'ES256',
    keyid: key.kid,
    issuer: call.from,
    audience: call.to,
    expiresIn: SERVICE_TOKEN_TTL_S,
    header: { alg: 'ES256', typ: SERVICE_TOKEN },
  })
}

/** Verifies a service token made for `audience` by the service whose key `keys` finds under its `kid`. Throws where it does not hold. */
export async function verifyServiceToken(token: string, audience: SubgraphName, keys: ServiceKeys): Promise<Verified> {
  const claims = serviceClaims.parse(
    await verify(token, async (kid) => keys.byKid.get(kid)?.key, { typ: SERVICE_TOKEN, audience }),
  )
  const kid = jwt.decode(token, { complete: true })?.header.kid ?? ''
  const signer = keys.byKid.get(kid)?.service
  if (signer !== claims.iss) throw new Error(`expected a token signed by ${claims.iss}, it was signed by ${signer}`)
  return {
    viewer: { kind: 'service', service: claims.iss, actorId: claims.act ?? null },
    expiresAtMs: (claims.exp + CLOCK_SKEW_S) * 1000,
  }
}

/** The public keys of all services, by key id. */
export type ServiceKeys = { byKid: ReadonlyMap<string, { service: SubgraphName; key: KeyObject }> }

/** Whether the token claims to be a service's. Nothing is verified by this. */
export const isServiceToken = (token: string): boolean =>
  jwt.decode(token, { complete: true })?.header.typ === SERVICE_TOKEN

async function verify(token: string, keys: KeyLookup, expected: { typ: string; audience?: string }): Promise<unknown> {
  const header = jwt.decode(token, { complete: true })?.header
  if (header?.typ !== expected.typ || header.kid === undefined)
    throw new Error(`expected a token of type ${expected.typ} that names its key`)
  const key = await keys(header.kid)
  if (key === undefined) throw new Error(`expected a known key, the token names ${header.kid}`)
  return jwt.verify(token, key, { algorithms: ['ES256'], clockTolerance: CLOCK_SKEW_S, audience: expected.audience })
}
