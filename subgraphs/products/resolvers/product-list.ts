import type { Facet } from '../../../.generated/products.ts'
import { type Connection, toConnection } from '#platform/graphql/connections.ts'
import type { ProductsContext } from '../context.ts'
import { countFacets, type FacetRow } from '../persistence/facets.ts'
import { countProducts, type ListedRow, listProducts, type ListRequest } from '../persistence/product-list.ts'
import { cursorOf } from '../persistence/product-order.ts'
import { type ListArgs, readListRequest } from './list-request.ts'

/** A page of products. What is counted over all pages is counted when it is asked for. */
export type ProductList = Connection<ListedRow> & {
  edges: { cursor: string; node: ListedRow; score: number | null }[]
  countAll: () => Promise<number>
  countFacets: () => Promise<Facet[]>
}

/** Products of the whole catalogue; `search` is in PostgreSQL's syntax. One statement, one more for each count. */
export async function listAll(args: ListArgs, search: string | null, context: ProductsContext): Promise<ProductList> {
  const request = readListRequest(args, search, context)
  const { sql } = context
  return toList(await listProducts(sql, request), args, request, context, {
    countAll: () => countProducts(sql, request.filter),
    countFacets: async () => toFacets(await countFacets(sql, request.filter)),
  })
}

/** Products of a category and those under it; for many categories at once as many statements as for one. */
export async function listUnder(categoryId: string, args: ListArgs, context: ProductsContext): Promise<ProductList> {
  const request = readListRequest(args, null, context)
  const { under } = context.loaders
  return toList(await under.pages(request).load(categoryId), args, request, context, {
    countAll: async () => (await under.counts(request.filter).load(categoryId))?.count ?? 0,
    countFacets: async () => toFacets(await under.facets(request.filter).load(categoryId)),
  })
}

type Counts = Pick<ProductList, 'countAll' | 'countFacets'>

function toList(
  rows: readonly ListedRow[],
  args: ListArgs,
  request: ListRequest,
  { loaders }: ProductsContext,
  counts: Counts,
): ProductList {
  // What a variant's `product` would ask for is here already.
  for (const row of rows) loaders.product.prime(row.id, row)
  const connection = toConnection(rows, { first: args.first, after: args.after ?? null }, (row) =>
    cursorOf(request.order, row),
  )
  const edges = connection.edges.map((edge) => ({
    ...edge,
    score: edge.node.score === null ? null : Number(edge.node.score),
  }))
  return { ...connection, edges, ...counts }
}

function toFacets(rows: readonly FacetRow[]): Facet[] {
  const byFacet = Map.groupBy(rows, ({ kind, name }) => `${kind} ${name}`)
  return [...byFacet.values()].flatMap((values) => {
    const [first] = values
    if (first === undefined) return []
    return {
      kind: first.kind,
      name: first.name,
      values: values.map(({ value, label, count }) => ({ value, label, count })),
    }
  })
}
