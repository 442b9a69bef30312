/** The subgraphs, in the order in which they start; `supergraph.yaml` gives each its port. `npm run new:subgraph` adds one. */
export const SUBGRAPHS = ['users', 'products', 'inventory', 'carts', 'orders', 'payments'] as const

/** The name of a subgraph. */
export type SubgraphName = (typeof SUBGRAPHS)[number]
