import { ROUTER_SUPPORTED_SUPERGRAPH_FEATURES, Supergraph } from '@apollo/federation-internals'
import { print } from 'graphql'
import { messageOf } from '#platform/kernel/errors.ts'
import { type CacheHints, readCacheHints } from '../caching/cache-hints.ts'
import { type CostRules, readCostRules } from '../cost/cost-rules.ts'
import { type MendedSupergraph, mendSupergraph } from '../planner/mend-supergraph.ts'
import { type AccessRules, readAccessRules } from '../security/access-rules.ts'

/** A subgraph of the supergraph and its GraphQL address. */
export type SubgraphAddress = { readonly name: string; readonly url: string }

/** A supergraph, read once. Plain data: another thread can hand it over. */
export type ReadSupergraph = {
  readonly sdl: string
  /** What clients see. */
  readonly apiSdl: string
  readonly subgraphs: readonly SubgraphAddress[]
  readonly accessRules: AccessRules
  /** What operations cost; undefined where the supergraph has neither `@cost` nor `@listSize`. */
  readonly costRules: CostRules | undefined
  /** What of the answers may be kept; undefined where the supergraph says nothing about that. */
  readonly cacheHints: CacheHints | undefined
  /** Features in use that the executor does not execute; what hangs on them fails at its subgraph. */
  readonly unsupported: readonly string[]
  /** As the planner gets it. */
  readonly mended: MendedSupergraph
}

// https://specs.apollo.dev/connect calls REST services.
const UNSUPPORTED = ['connect']
const DEFER = 'directive @defer(label: String, if: Boolean! = true) on FRAGMENT_SPREAD | INLINE_FRAGMENT'

/**
 * Reads a supergraph's SDL; it takes a tenth of a second to several, all at once. Throws where it is not a supergraph. All
 * features that Apollo's router knows are let in: what is `for: SECURITY` is enforced by `security/`.
 */
export function readSupergraph(sdl: string): ReadSupergraph {
  const supergraph = build(sdl)
  return {
    sdl,
    apiSdl: `${print(supergraph.apiSchema().toAST())}\n${DEFER}`,
    subgraphs: supergraph.subgraphsMetadata().map(({ name, url }) => ({ name, url })),
    accessRules: readAccessRules(supergraph.schema),
    costRules: readCostRules(supergraph.schema),
    cacheHints: readCacheHints(supergraph),
    unsupported: UNSUPPORTED.filter((name) =>
      supergraph.schema.coreFeatures?.getByIdentity(`https://specs.apollo.dev/${name}`),
    ),
    mended: mendSupergraph(sdl),
  }
}

function build(sdl: string): Supergraph {
  try {
    return Supergraph.build(sdl, { supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES })
  } catch (error) {
    throw new Error(`expected a supergraph: ${messageOf(error)}`, { cause: error })
  }
}
