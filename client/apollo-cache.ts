import type { FieldPolicy, InMemoryCacheConfig } from '@apollo/client'
import type { TypedDocumentNode } from '@graphql-typed-document-node/core'
import { parse } from 'graphql'
import type { TypedDocumentString } from './generated/graphql.ts'

/** A document of this client for Apollo Client, with its types. */
export const toDocumentNode = <Data, Variables>(
  document: TypedDocumentString<Data, Variables>,
): TypedDocumentNode<Data, Variables> => parse(document.toString())

type Page = { readonly edges?: readonly unknown[]; readonly nodes?: readonly unknown[]; readonly pageInfo?: PageInfo }
type PageInfo = { readonly endCursor?: string | null }

/**
 * One list of our connections in Apollo's cache: `fetchMore` with the last page's `endCursor` as `after` adds to it, anything else
 * starts it anew. Lists that differ in `keyArgs` are apart.
 */
const connection = (...keyArgs: string[]): FieldPolicy<Page> => ({
  keyArgs,
  merge: (existing, incoming, { args }) => {
    const after: unknown = args?.['after']
    if (existing === undefined || after === undefined || after === null || existing.pageInfo?.endCursor !== after)
      return incoming
    return {
      ...incoming,
      ...(incoming.edges && { edges: [...(existing.edges ?? []), ...incoming.edges] }),
      ...(incoming.nodes && { nodes: [...(existing.nodes ?? []), ...incoming.nodes] }),
    }
  },
})

/**
 * What `new InMemoryCache(apolloCache)` has to know of the shop's graph: how its lists grow page by page, and which types have no
 * id of their own. The lists need `pageInfo { endCursor }` among what is asked for.
 */
export const apolloCache: InMemoryCacheConfig = {
  possibleTypes: {
    UserError: ['AccountError', 'CartError', 'CatalogError', 'OrderError', 'PaymentError', 'StockError'],
  },
  typePolicies: {
    Query: {
      fields: {
        products: connection('filter', 'sort'),
        searchProducts: connection('query', 'filter', 'sort'),
        orders: connection('filter'),
        users: connection('filter'),
        lowStock: connection(),
        stockMovements: connection('variantId'),
      },
    },
    Category: { fields: { products: connection('filter', 'sort') } },
    User: { fields: { orders: connection('statuses') } },
    // Part of its variant: what two queries ask of it is kept together.
    StockLevel: { merge: true },
    // Whole or not at all: half of an old price beside half of a new one is no price.
    Money: { merge: false },
  },
}
