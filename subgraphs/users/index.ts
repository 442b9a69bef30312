import { defineSubgraph } from '#platform/graphql/define-subgraph.ts'
import { answerJson } from '#platform/runtime/http.ts'
import { createJobs } from './jobs.ts'
import { createLoaders } from './loaders.ts'
import { Account, RefreshToken, SavedAddress, Session, WishlistEntry } from './persistence/entities.ts'
import { migrations } from './persistence/migrations.ts'
import { resolvers } from './resolvers.ts'
import { createServices } from './services.ts'

/** People: accounts, sessions, roles, address books and wishlists. */
export const users = defineSubgraph({
  name: 'users',
  resolvers,
  persistence: { entities: [Account, Session, RefreshToken, SavedAddress, WishlistEntry], migrations },
  services: createServices,
  loaders: createLoaders,
  jobs: createJobs,
  routes: (_runtime, { signingKey }) => ({
    '/.well-known/jwks.json': (_request, response) => answerJson(response, 200, { keys: [signingKey.publicJwk] }),
  }),
})
