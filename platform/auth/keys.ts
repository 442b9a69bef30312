import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto'

/** A public key as a JWK Set lists it (RFC 7517), with the id that tokens name in `kid`. */
export type PublicJwk = JsonWebKey & { kid: string; alg: 'ES256'; use: 'sig' }

/** A private ES256 key with its id and its public half. */
export type SigningKey = { kid: string; privateKey: KeyObject; publicJwk: PublicJwk }

/** A new private ES256 key as PKCS#8 PEM. */
export function generateSigningKeyPem(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

/** Reads a PKCS#8 PEM; `\n` written as two characters is understood, since environment files can't hold line breaks. */
export function readSigningKey(pem: string): SigningKey {
  const privateKey = createPrivateKey(pem.replaceAll('\\n', '\n'))
  const publicJwk = toPublicJwk(createPublicKey(privateKey))
  return { kid: publicJwk.kid, privateKey, publicJwk }
}

/** The key that a JWK describes. */
export const readPublicKey = (jwk: JsonWebKey): KeyObject => createPublicKey({ key: jwk, format: 'jwk' })

function toPublicJwk(key: KeyObject): PublicJwk {
  const jwk = key.export({ format: 'jwk' })
  return { ...jwk, kid: thumbprint(jwk), alg: 'ES256', use: 'sig' }
}

/** RFC 7638: the SHA-256 of the key's required members, in lexical order. */
const thumbprint = (jwk: JsonWebKey): string =>
  createHash('sha256')
    .update(JSON.stringify({ crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y }))
    .digest('base64url')
