import type { GeneratedKeys } from '#platform/auth/generate-keys.ts'
import { readSigningKey } from '#platform/auth/keys.ts'
import { signAccessToken, signServiceToken } from '#platform/auth/tokens.ts'
import { type Role, SCOPES_BY_ROLE } from '#platform/auth/viewer.ts'
import { newId } from '#platform/kernel/ids.ts'
import type { SubgraphName } from '#platform/runtime/names.ts'

/** Somebody who asks, with the token for the subgraph asked. */
export type TestViewer = { id: string | null; sessionId?: string; tokenFor(name: SubgraphName): string | undefined }

/** Makers of viewers, with tokens as the users subgraph and the services sign them. */
export type Viewers = {
  guest: TestViewer
  user(options?: { id?: string; role?: Role }): TestViewer & { id: string }
  service(from: SubgraphName, actorId?: string): TestViewer
}

/** Viewers whose tokens are signed with `keys`. */
export function createViewers(keys: GeneratedKeys): Viewers {
  const signingKey = readSigningKey(keys.tokenSigningKey)
  return {
    guest: { id: null, tokenFor: () => undefined },
    user: ({ id = newId(), role = 'CUSTOMER' } = {}) => {
      const sessionId = newId()
      const token = signAccessToken(signingKey, {
        userId: id,
        sessionId,
        role,
        scopes: SCOPES_BY_ROLE[role],
        ttlS: 900,
      })
      return { id, sessionId, tokenFor: () => token }
    },
    service: (from, actorId) => ({
      id: actorId ?? null,
      tokenFor: (to) =>
        signServiceToken(readSigningKey(keys.serviceKeys[from]), { from, to, actorId: actorId ?? null }),
    }),
  }
}
