import { ROUTER_SUPPORTED_SUPERGRAPH_FEATURES, type Schema, Supergraph } from '@apollo/federation-internals'
import type { GraphQLSchema } from 'graphql'
import { messageOf } from '#platform/kernel/errors.ts'
import { type CacheHints, readCacheHints } from '../caching/cache-hints.ts'
import { type CostRules, readCostRules } from '../cost/cost-rules.ts'
import { type AccessRules, readAccessRules } from '../security/access-rules.ts'

/** A subgraph of the supergraph and its GraphQL address. */
export type SubgraphAddress = { readonly name: string; readonly url: string }

/** A supergraph, read once: everything that serving it needs. */
export type LoadedSupergraph = {
  readonly sdl: string
  /** As Apollo's libraries want it. */
  readonly supergraph: Supergraph
  /** What clients see. */
  readonly apiSchema: GraphQLSchema
  /** The same as Apollo's planner wants it. */
  readonly federatedApiSchema: Schema
  /** With the fields that clients don't see, for the executor. */
  readonly schema: GraphQLSchema
  readonly subgraphs: readonly SubgraphAddress[]
  readonly accessRules: AccessRules
  /** What operations cost; undefined where the supergraph has neither `@cost` nor `@listSize`. */
  readonly costRules: CostRules | undefined
  /** What may be kept of answers; undefined where nothing. */
  readonly cacheHints: CacheHints | undefined
  /** Features in use that the executor does not execute; what hangs on them fails at its subgraph. */
  readonly unsupported: readonly string[]
}

// https://specs.apollo.dev/connect calls REST services.
const UNSUPPORTED = ['connect']

/**
 * Reads a supergraph's SDL. `urls` override the addresses in it, by subgraph. Throws where it is not a supergraph.
 * All features that Apollo's router knows are let in: what is `for: SECURITY` is enforced by `security/`.
 */
export function loadSupergraph(sdl: string, urls: Readonly<Record<string, string | undefined>> = {}): LoadedSupergraph {
  const supergraph = build(sdl)
  const federatedApiSchema = supergraph.apiSchema()
  return {
    sdl,
    supergraph,
    federatedApiSchema,
    apiSchema: federatedApiSchema.toGraphQLJSSchema({ includeDefer: true }),
    schema: supergraph.schema.toGraphQLJSSchema(),
    subgraphs: supergraph.subgraphsMetadata().map(({ name, url }) => ({ name, url: urls[name] ?? url })),
    accessRules: readAccessRules(supergraph.schema),
    costRules: readCostRules(supergraph.schema),
    cacheHints: readCacheHints(supergraph),
    unsupported: UNSUPPORTED.filter((name) =>
      supergraph.schema.coreFeatures?.getByIdentity(`https://specs.apollo.dev/${name}`),
    ),
  }
}

function build(sdl: string): Supergraph {
  try {
    return Supergraph.build(sdl, { supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES })
  } catch (error) {
    throw new Error(`expected a supergraph: ${messageOf(error)}`, { cause: error })
  }
}
