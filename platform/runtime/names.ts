/** The six subgraphs, in the order in which they start; `supergraph.yaml` gives them the ports 4001 to 4006. */
export const SUBGRAPHS = ['users', 'products', 'inventory', 'carts', 'orders', 'payments'] as const

/** The name of a subgraph. */
export type SubgraphName = (typeof SUBGRAPHS)[number]
