import { readSigningKey, type SigningKey } from '#platform/auth/keys.ts'
import { revokeSessions } from '#platform/auth/revocations.ts'
import type { Runtime } from '#platform/graphql/define-subgraph.ts'
import { ConfigError } from '#platform/runtime/config.ts'
import { createLoginLimiter, type LoginLimiter } from './login-limiter.ts'
import { type CartsClient, createCartsClient } from './neighbours/carts.ts'
import { createProductsClient, type ProductsClient } from './neighbours/products.ts'
import { createPasswords, type Passwords } from './passwords.ts'

/** What the users subgraph makes once a process. */
export type UsersServices = {
  signingKey: SigningKey
  passwords: Passwords
  loginLimiter: LoginLimiter
  carts: CartsClient
  products: ProductsClient
  /** Makes the access tokens of these sessions worthless everywhere, now. */
  revoke(sessionIds: readonly string[]): Promise<void>
}

/** Throws a ConfigError where TOKEN_SIGNING_KEY is missing. */
export async function createServices(runtime: Runtime): Promise<UsersServices> {
  const { config, redis, neighbours } = runtime
  if (config.TOKEN_SIGNING_KEY === undefined)
    throw new ConfigError('TOKEN_SIGNING_KEY is missing: users signs access tokens with it')
  return {
    signingKey: readSigningKey(config.TOKEN_SIGNING_KEY),
    passwords: await createPasswords(),
    loginLimiter: createLoginLimiter({ redis, config, log: runtime.log }),
    carts: createCartsClient(neighbours),
    products: createProductsClient(neighbours),
    revoke: (sessionIds) => revokeSessions(redis, sessionIds, Date.now() + config.ACCESS_TOKEN_TTL_S * 1000),
  }
}
