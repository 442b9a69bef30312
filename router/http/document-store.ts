import type { ApolloServerOptions } from '@apollo/server'
import { createCache } from '../caches.ts'

type DocumentStore = NonNullable<ApolloServerOptions<never>['documentStore']>

// Clients send the same documents again and again; a shop has hundreds of them.
const REMEMBERED_DOCUMENTS = 2_000
// Of the texts, together: parsed they take about fifty times that.
const REMEMBERED_CHARACTERS = 4_000_000

/** What Apollo Server has parsed and validated. Its own store writes each document as JSON to know its size. */
export function createDocumentStore(): DocumentStore {
  const known = createCache<string, NonNullable<Awaited<ReturnType<DocumentStore['get']>>>>('documents', {
    max: REMEMBERED_DOCUMENTS,
    maxSize: REMEMBERED_CHARACTERS,
    sizeCalculation: ({ loc }) => loc?.end ?? REMEMBERED_CHARACTERS / REMEMBERED_DOCUMENTS,
  })
  return {
    get: async (key) => known.get(key),
    set: async (key, document) => void known.set(key, document),
    delete: async (key) => known.delete(key),
  }
}
