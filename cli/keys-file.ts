import { randomBytes } from 'node:crypto'
import { generateKeys } from '#platform/auth/generate-keys.ts'
import { SUBGRAPHS, type SubgraphName } from '#platform/runtime/names.ts'

/** The line of `.env` that docker-compose.yml hands to a subgraph as its SERVICE_KEY: `USERS_SERVICE_KEY` for `users`. */
export const serviceKeyName = (subgraph: SubgraphName): string => `${subgraph.toUpperCase()}_SERVICE_KEY`

/** New secrets of a deployment as lines of an environment file: all keys, and a password for PostgreSQL. */
export function renderSecrets(): string {
  const keys = generateKeys()
  return [
    ['POSTGRES_PASSWORD', randomBytes(24).toString('base64url')],
    ['TOKEN_SIGNING_KEY', keys.tokenSigningKey],
    ...SUBGRAPHS.map((name) => [serviceKeyName(name), keys.serviceKeys[name]]),
    ['SERVICE_JWKS', keys.serviceJwks],
  ]
    .map(([name, value]) => `${name}='${value?.trim().replaceAll('\n', '\\n')}'\n`)
    .join('')
}
