import { generateSigningKeyPem, readSigningKey } from '#platform/auth/keys.ts'
import { signAccessToken } from '#platform/auth/tokens.ts'
import { answerJson, close, listen } from '#platform/runtime/http.ts'
import type { Running } from '#platform/runtime/lifecycle.ts'

/** Access tokens as the users subgraph signs them, and its public key at an address. */
export type Identities = Running & { jwksUrl: string; tokens(count: number): string[] }

const AN_HOUR_S = 3_600

/** Signs with a key of its own; every token has these scopes. */
export async function serveIdentities(scopes: readonly string[] = []): Promise<Identities> {
  const key = readSigningKey(generateSigningKeyPem())
  const { server, url } = await listen(
    {
      paths: { '/jwks.json': (_request, response) => answerJson(response, 200, { keys: [key.publicJwk] }) },
      otherwise: (_request, response) => answerJson(response, 404, {}),
    },
    { host: '127.0.0.1', port: 0 },
  )
  const sign = (_: unknown, index: number) =>
    signAccessToken(key, {
      userId: `user-${index}`,
      sessionId: `session-${index}`,
      role: 'CUSTOMER',
      scopes,
      ttlS: AN_HOUR_S,
    })
  return {
    jwksUrl: `${url}/jwks.json`,
    tokens: (count) => Array.from({ length: count }, sign),
    stop: () => close(server),
  }
}
