import { createRemoteJwks } from '#platform/auth/jwks.ts'
import type { Revocations } from '#platform/auth/revocations.ts'
import type { Config } from '#platform/runtime/config.ts'
import type { Logger } from '#platform/runtime/logger.ts'
import { ownJwkSet } from '../options/authentication.ts'
import type { RouterOptions } from '../options/router-options.ts'
import { type Authenticate, createAuthenticator, ignoreTokens, orOutage } from './authenticate.ts'
import { createTokenVerifier } from './verify-token.ts'

/** The authentication that configuration and options ask for; without any JWK Set everybody is a guest. */
export function startAuthentication(
  { config, options, log }: { config: Config; options: Pick<RouterOptions, 'authentication'>; log: Logger },
  revocations: Pick<Revocations, 'isRevoked'> | undefined,
): Authenticate {
  const { jwks, clockSkewS } = options.authentication
  const sets = [...(config.JWKS_URL === undefined ? [] : [ownJwkSet(config.JWKS_URL)]), ...jwks]
  if (sets.length === 0) {
    log.warn('JWKS_URL is not set: tokens are ignored, and fields that need one are denied')
    return ignoreTokens
  }
  const sources = sets.map(({ url, ...set }) => ({ ...set, keys: orOutage(createRemoteJwks(url), log) }))
  return createAuthenticator({
    verify: createTokenVerifier(sources, clockSkewS),
    isRevoked: revocations?.isRevoked ?? (() => false),
  })
}
