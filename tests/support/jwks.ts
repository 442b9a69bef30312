import { readSigningKey } from '#platform/auth/keys.ts'
import { answerJson, close, listen } from '#platform/runtime/http.ts'
import type { Running } from '#platform/runtime/lifecycle.ts'

/** Publishes the public half of an access-token key, as the users subgraph does, for tests without that subgraph. */
export async function serveJwks(signingKeyPem: string): Promise<Running & { url: string }> {
  const { publicJwk } = readSigningKey(signingKeyPem)
  const paths = {
    '/jwks.json': (_request: unknown, response: Parameters<typeof answerJson>[0]) =>
      answerJson(response, 200, { keys: [publicJwk] }),
  }
  const { server, url } = await listen(
    { paths, otherwise: (_request, response) => answerJson(response, 404, {}) },
    { host: '127.0.0.1', port: 0 },
  )
  return { url: `${url}/jwks.json`, stop: () => close(server) }
}
