import { z } from 'zod'
import { section } from './section.ts'

// What a JWK Set can hold keys for. HS256 and its kin are left out for good: with them a public key passes for a password.
const ALGORITHMS = ['ES256', 'ES384', 'ES512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const

const jwkSet = z.strictObject({
  /** Where the JWK Set (RFC 7517) is; each key must have a `kid`. */
  url: z.url({ protocol: /^https?$/ }),
  /** The `iss` that tokens of these keys must carry; without it `iss` is not looked at. */
  issuer: z.string().min(1).optional(),
  /** One of these must be in the token's `aud`; without it `aud` is not looked at. */
  audience: z.array(z.string().min(1)).min(1).optional(),
  /** The algorithms that tokens may be signed with. */
  algorithms: z.array(z.enum(ALGORITHMS)).min(1).default(['ES256']),
  /** The `typ`s of a token that is meant for access (RFC 9068); `JWT` also stands for tokens without one. */
  types: z.array(z.string()).min(1).default(['at+jwt']),
})

/** Whose access tokens are taken. */
export const authentication = section({
  schema: z.strictObject({
    /** JWK Sets beside that of `JWKS_URL`, which are the users subgraph's. */
    jwks: z.array(jwkSet).default([]),
    /** How much clocks may differ: a token is taken so much before its `nbf` and after its `exp`. */
    clockSkewS: z.number().int().min(0).max(300).default(5),
  }),
  fromEnvironment: () => ({}),
})

/** One JWK Set, and which tokens its keys may sign. */
export type JwkSet = z.output<typeof jwkSet>

/** The users subgraph's, at `JWKS_URL`. */
export const ownJwkSet = (url: string): JwkSet => jwkSet.parse({ url })
