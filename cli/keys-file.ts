import { randomBytes } from 'node:crypto'
import { parseEnv } from 'node:util'
import { completeKeys } from '#platform/auth/generate-keys.ts'
import { SUBGRAPHS, type SubgraphName } from '#platform/runtime/names.ts'

/** The line of `.env` that docker-compose.yml hands to a subgraph as its SERVICE_KEY: `USERS_SERVICE_KEY` for `users`. */
export const serviceKeyName = (subgraph: SubgraphName): string => `${subgraph.toUpperCase()}_SERVICE_KEY`

/**
 * An environment file with the secrets of a deployment: those that `present` holds as they are, new ones for the rest, and the
 * public keys of all. Throws where what it holds is no key.
 */
export function withSecrets(present: string): string {
  const held = parseEnv(present)
  const keys = completeKeys({
    tokenSigningKey: held['TOKEN_SIGNING_KEY'] || undefined,
    serviceKeys: Object.fromEntries(SUBGRAPHS.map((name) => [name, held[serviceKeyName(name)] || undefined])),
  })
  const secrets = [
    ['POSTGRES_PASSWORD', randomBytes(24).toString('base64url')],
    ['TOKEN_SIGNING_KEY', keys.tokenSigningKey],
    ...SUBGRAPHS.map((name) => [serviceKeyName(name), keys.serviceKeys[name]]),
  ].filter(([name = '']) => !held[name])
  const isComplete = secrets.length === 0 && held['SERVICE_JWKS'] === keys.serviceJwks
  return isComplete
    ? present
    : [present.replace(/^SERVICE_JWKS=.*\n?/m, ''), ...[...secrets, ['SERVICE_JWKS', keys.serviceJwks]].map(line)].join(
        '',
      )
}

const line = ([name, value]: (string | undefined)[]): string => `${name}='${value?.trim().replaceAll('\n', '\\n')}'\n`
