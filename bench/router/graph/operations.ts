/** The sizes that are measured. */
export const SIZES = ['heavy', 'medium', 'small'] as const

/** One of {@link SIZES}. */
export type Size = (typeof SIZES)[number]

const FRAGMENTS = `
  fragment Person on User { id username name }
  fragment Opinion on Review { id body }
  fragment Thing on Product { inStock name price shippingEstimate upc weight }`

/** One operation for each size, and what serving it takes. */
export const OPERATIONS: Readonly<Record<Size, { about: string; query: string }>> = {
  heavy: {
    about: '16 fetches',
    query: `${FRAGMENTS}
      query Heavy {
        users {
          ...Person
          reviews {
            ...Opinion
            product {
              ...Thing
              reviews { ...Opinion author { ...Person reviews { ...Opinion product { ...Thing } } } }
            }
          }
        }
        topProducts {
          ...Thing
          reviews { ...Opinion author { ...Person reviews { ...Opinion product { ...Thing } } } }
        }
      }`,
  },
  medium: {
    about: '2 fetches',
    query: 'query Medium { topProducts(first: 2) { upc name price reviews { id body } } }',
  },
  small: { about: '1 fetch', query: 'query Small { me { id username name birthday } }' },
}

/** An answer of any length: products from one subgraph, their stock from another. */
export const CATALOGUE =
  'query Catalogue($first: Int!) { catalogue(first: $first) { upc name description price weight inStock shippingEstimate } }'
