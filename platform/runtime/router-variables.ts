import { z } from 'zod'
import { bound, count, milliseconds } from './variable-types.ts'

/**
 * The environment variables of the router alone. What they set, and more, can stand in the file that ROUTER_CONFIG names;
 * where both name a thing, the variable wins. So none has a default here: defaults are in `router/options`.
 */
export const routerVariables = {
  ROUTER_CONFIG: z
    .string()
    .optional()
    .describe(
      'router: a TypeScript file with its options, `export default defineRouter({ … })`; docs/router.md has them',
    ),
  OVERRIDE_LABELS: z
    .string()
    .optional()
    .describe('router: labels of @override that are on for every request, with commas between them'),
  OVERRIDE_LABELS_HEADER: z
    .string()
    .optional()
    .describe('router: name of the request header that may turn on more of them; without it no request can'),
  SHARE_INCOMING: z
    .enum(['on', 'off'])
    .optional()
    .describe(
      'router, on or off: equal queries of clients that are under way at once are executed once; off unless set',
    ),
  SHARE_IN_FLIGHT: z
    .enum(['on', 'off'])
    .optional()
    .describe(
      'router, on or off: equal queries of a subgraph that are under way at once are asked once; on unless set',
    ),
  MAX_SUBSCRIPTIONS: count
    .optional()
    .describe('router: subscriptions open at once in one process, over all transports; 50000 unless set'),
  SUBSCRIPTION_HEARTBEAT_MS: count
    .min(100)
    .optional()
    .describe('router: how often a silent stream or WebSocket gives a sign of life; 12000 unless set'),
  CACHE: z
    .enum(['on', 'off'])
    .optional()
    .describe('router, on or off: keeps answers that the supergraph gives @cacheControl to; on unless set'),
  CACHE_MEMORY_BYTES: count
    .optional()
    .describe('router: memory that kept answers may take in its process; 67108864 unless set'),
  TRUSTED_PROXIES: z
    .string()
    .optional()
    .describe(
      'router: addresses and ranges (10.0.0.0/8), with commas between them, of proxies whose X-Forwarded-For is believed',
    ),
  MAX_DEPTH: bound.optional().describe('router: levels of fields that an operation may have, or off; 15 unless set'),
  MAX_TOKENS: bound.optional().describe('router: tokens that a document may have, or off; 15000 unless set'),
  CORS_ORIGINS: z
    .string()
    .optional()
    .describe(
      'router: origins of web pages that may ask the graph, with commas between them, or *; unless set, those of this computer in development',
    ),
  INTROSPECTION: z
    .enum(['on', 'off'])
    .optional()
    .describe('router, on or off: whether clients may ask for the schema; unless set, not in production'),
  BATCH_SIZE: z.coerce
    .number()
    .optional()
    .describe('router: how many operations one HTTP request may carry as a JSON array; none unless set'),
  MAX_COST: bound
    .optional()
    .describe('router: what an operation may cost by @cost and @listSize, or off; 10000 unless set'),
  MAX_IN_FLIGHT: bound.optional().describe('router: operations that are under way at once, or off; 200 unless set'),
  RATE_LIMIT: bound
    .optional()
    .describe('router: cost that one address or person may ask for in a minute, or off; 120000 unless set'),
  GRAPHIQL: z
    .enum(['on', 'off'])
    .optional()
    .describe('router, on or off: GraphiQL at /graphiql; unless set, on in development only'),
  SANDBOX_PAGE: z
    .enum(['on', 'off'])
    .optional()
    .describe('router, on or off: Apollo Sandbox at /; unless set, on in development only'),
  USAGE_LOG: z
    .string()
    .optional()
    .describe('router: where to record which clients ask for which fields: a folder, or redis://…; off unless set'),
  CLUSTER: count.optional().describe('router: processes that share its port; one unless set'),
  SHUTDOWN_DELAY_MS: milliseconds
    .optional()
    .describe('router: how long it goes on taking requests after SIGTERM, while /ready says 503 already; 0 unless set'),
  CONTRACT: z
    .string()
    .optional()
    .describe('router: the variant of the API to serve, of contracts.yaml; the whole API unless set'),
  PERSISTED_DOCUMENTS: z
    .enum(['off', 'log', 'only'])
    .optional()
    .describe(
      'router, off, log or only: what happens to documents that are not in the manifest: nothing, a log line, a refusal',
    ),
  PERSISTED_DOCUMENTS_MANIFESTS: z
    .string()
    .optional()
    .describe('router: manifests of persisted documents (apollo-persisted-query-manifest), with commas between them'),
  AUTOMATIC_PERSISTED_QUERIES: z
    .enum(['on', 'off'])
    .optional()
    .describe('router, on or off: clients may register documents by their hash; on unless set'),
} satisfies Record<string, z.ZodType>
