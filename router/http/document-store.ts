import type { ApolloServerOptions } from '@apollo/server'
import type { DocumentNode } from 'graphql'
import { createCache } from '../caches.ts'

/** Documents of one schema, by the hash of their text. */
export type DocumentStore = NonNullable<ApolloServerOptions<never>['documentStore']> & {
  /** What is held, the latest used first. */
  recent(): { hash: string; document: DocumentNode }[]
  remember(hash: string, document: DocumentNode): void
}

// Clients send the same documents again and again; a shop has hundreds of them.
const REMEMBERED_DOCUMENTS = 2_000
// Of the texts, together: parsed they take about fifty times that.
const REMEMBERED_CHARACTERS = 4_000_000

/** What Apollo Server has parsed and validated. Its own store writes each document as JSON to know its size. */
export function createDocumentStore(): DocumentStore {
  const known = createCache<string, DocumentNode>('documents', {
    max: REMEMBERED_DOCUMENTS,
    maxSize: REMEMBERED_CHARACTERS,
    sizeCalculation: ({ loc }) => loc?.end ?? REMEMBERED_CHARACTERS / REMEMBERED_DOCUMENTS,
  })
  return {
    get: async (key) => known.get(hashOf(key)),
    set: async (key, document) => void known.set(hashOf(key), document),
    delete: async (key) => known.delete(hashOf(key)),
    recent: () => [...known.entries()].map(([hash, document]) => ({ hash, document })),
    remember: (hash, document) => void known.set(hash, document),
  }
}

/** Apollo Server puts the schema's own hash before, so that a store can be shared; ours has one schema. */
const hashOf = (key: string): string => key.slice(key.lastIndexOf(':') + 1)
