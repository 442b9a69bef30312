import { z } from 'zod'
import type { Neighbours } from '#platform/graphql/neighbours.ts'

const FIND = `query FindProduct($id: ID!) { product(id: $id) { status } }`
const answer = z.object({ product: z.object({ status: z.string() }).nullable() })

/** What users asks of products. */
export type ProductsClient = {
  /** Whether there is such a product that anybody may see. Throws NeighbourError. */
  isPublic(productId: string, requestId: string): Promise<boolean>
}

/** A client of products over service calls. */
export const createProductsClient = (neighbours: Neighbours): ProductsClient => ({
  isPublic: async (productId, requestId) => {
    const { product } = await neighbours({
      to: 'products',
      document: FIND,
      variables: { id: productId },
      answer,
      actorId: null,
      requestId,
    })
    return product !== null && product.status !== 'DRAFT'
  },
})
