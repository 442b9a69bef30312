import type { KeyObject } from 'node:crypto'
import jwt, { type JwtHeader } from 'jsonwebtoken'
import { z } from 'zod'
import type { KeyLookup } from '#platform/auth/tokens.ts'
import type { JwkSet } from '../options/authentication.ts'

/** What a token says, unchanged: `sub`, `scope` and whatever else its issuer put in. */
export type Claims = Readonly<Record<string, unknown>>

/** A token that holds. */
export type VerifiedToken = {
  readonly claims: Claims
  readonly userId: string
  /** `sid`, which a logout ends; not every issuer has it. */
  readonly sessionId: string | undefined
  readonly scopes: ReadonlySet<string>
  /** Until when it is taken: its `exp` and the clock skew. */
  readonly expiresAtMs: number
}

/** Keys, and the tokens they may sign. */
export type TokenSource = Omit<JwkSet, 'url'> & { readonly keys: KeyLookup }

/** Verifies a token. Throws where it does not hold; what `keys` throws passes through. */
export type VerifyToken = (token: string) => Promise<VerifiedToken>

// `scope` is text with blanks (RFC 8693) or, as some issuers have it, a list, at times by the name of `scp`.
const scopesSchema = z.union([
  z.string().transform((text) => text.split(' ').filter((scope) => scope !== '')),
  z.array(z.string()),
])
const claimsSchema = z.looseObject({
  sub: z.string(),
  exp: z.number(),
  sid: z.string().optional(),
  scope: scopesSchema.optional(),
  scp: scopesSchema.optional(),
})

/**
 * Verifies tokens by the source that has the key they name: signature, algorithm, type, issuer, audience, `nbf`, `exp`.
 * A source with an issuer is asked only about tokens that name it.
 */
export const createTokenVerifier =
  (sources: readonly TokenSource[], clockSkewS: number): VerifyToken =>
  async (token) => {
    const decoded = jwt.decode(token, { complete: true })
    if (decoded === null || typeof decoded.payload === 'string') throw new Error('expected a signed JWT')
    const { header, payload } = decoded
    const { kid } = header
    if (kid === undefined) throw new Error('expected a token that names its key')
    const asked = sources.filter(({ issuer, types }) => isFor(payload.iss, issuer) && isOf(header, types))
    if (asked.length === 0) throw new Error('expected a token of a type and an issuer that are taken here')
    let failure: unknown = new Error(`expected a known key, the token names ${kid}`)
    for (const source of asked) {
      try {
        const key = await source.keys(kid)
        if (key !== undefined) return read(verify(token, key, { ...source, clockSkewS }), clockSkewS)
      } catch (error) {
        // Two issuers may give their keys the same id, and one that is away must not hold up the others' tokens.
        failure = error
      }
    }
    throw failure
  }

const isFor = (named: string | undefined, issuer: string | undefined): boolean =>
  issuer === undefined || issuer === named

const isOf = ({ typ = 'JWT' }: JwtHeader, types: readonly string[]): boolean =>
  types.some((type) => mediaType(type) === mediaType(typ))

/** A `typ` is a media type: case says nothing, and `application/` may be left out (RFC 7515, section 4.1.9). */
const mediaType = (typ: string): string => typ.toLowerCase().replace(/^application\//, '')

const verify = (
  token: string,
  key: KeyObject,
  { algorithms, issuer, audience, clockSkewS }: TokenSource & { clockSkewS: number },
): Claims =>
  jwt.verify(token, key, {
    algorithms: [...algorithms],
    clockTolerance: clockSkewS,
    issuer,
    audience: audience && [audience[0] ?? '', ...audience],
  }) as Claims

function read(claims: Claims, clockSkewS: number): VerifiedToken {
  const { sub, exp, sid, scope = [], scp = [] } = claimsSchema.parse(claims)
  return {
    claims,
    userId: sub,
    sessionId: sid,
    scopes: new Set([...scope, ...scp]),
    expiresAtMs: (exp + clockSkewS) * 1000,
  }
}
