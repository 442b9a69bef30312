import { defineRouter } from './router/options/router-options.ts'

// What a shop in production may want to say: ROUTER_CONFIG=router.config.example.ts. docs/router.md explains every option.
const options = defineRouter({
  authentication: {
    jwks: [
      {
        url: 'https://id.example.com/.well-known/jwks.json',
        issuer: 'https://id.example.com/',
        audience: ['https://shop.example.com'],
        algorithms: ['RS256'],
        types: ['JWT'],
      },
    ],
  },
  authorization: {
    policies: (policies, { claims }) => policies.filter((policy) => claims['department'] === policy),
  },
  cors: { origins: ['https://shop.example.com'], credentials: true },
  headers: {
    request: [{ propagate: 'x-tenant' }, { insert: 'x-gateway', value: 'agora' }],
    response: { propagate: [{ name: 'set-cookie', subgraphs: ['users'] }], cacheControl: true },
  },
  persistedDocuments: { mode: 'log', manifests: ['examples/persisted-documents.json'] },
  security: { introspection: false, batchSize: 0 },
})

// oxlint-disable-next-line import/no-default-export -- what the router reads
export default options
