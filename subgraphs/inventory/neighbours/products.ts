import { z } from 'zod'
import type { Runtime } from '#platform/graphql/define-subgraph.ts'

/** What inventory asks of products. */
export type ProductsClient = {
  /** Those of `variantIds` that exist, drafts included. One call. Throws NeighbourError where products gives no answer. */
  knownVariants(variantIds: readonly string[], requestId: string): Promise<ReadonlySet<string>>
}

const answer = z.record(z.string(), z.object({ id: z.string() }).nullable())

/** A {@link ProductsClient} over the graph. */
export const createProductsClient = ({ neighbours }: Pick<Runtime, 'neighbours'>): ProductsClient => ({
  knownVariants: async (variantIds, requestId) => {
    const variables = Object.fromEntries(variantIds.map((id, index) => [`id${index}`, id]))
    const document = documentFor(Object.keys(variables))
    const data = await neighbours({ to: 'products', document, variables, answer, actorId: null, requestId })
    return new Set(Object.values(data).flatMap((variant) => (variant === null ? [] : [variant.id])))
  },
})

const documentFor = (names: readonly string[]): string => `
  query InventoryVariants(${names.map((name) => `$${name}: ID!`).join(', ')}) {
    ${names.map((name) => `${name}: variant(id: $${name}) { id }`).join('\n    ')}
  }`
