import { GraphQLError } from 'graphql'
import { z } from 'zod'

/** What names a document; `hash` where that is its SHA-256. */
export type DocumentId = { readonly name: string; readonly hash?: string }

const persistedQuerySchema = z.object({ version: z.literal(1), sha256Hash: z.string().min(1) })
const HASH_PREFIX = 'sha256:'

/**
 * The id in `documentId` (GraphQL over HTTP, appendix A) or in `extensions.persistedQuery` (Apollo's); undefined where there is
 * neither.
 */
export function documentIdOf(request: {
  readonly documentId?: unknown
  readonly extensions?: unknown
}): DocumentId | { readonly refusal: GraphQLError } | undefined {
  const { documentId, extensions } = request
  if (documentId !== undefined && documentId !== null) return readDocumentId(documentId)
  if (typeof extensions !== 'object' || extensions === null || !('persistedQuery' in extensions)) return undefined
  const { data } = persistedQuerySchema.safeParse(extensions.persistedQuery)
  return data === undefined
    ? malformed('extensions.persistedQuery: expected { "version": 1, "sha256Hash": "…" }')
    : { name: data.sha256Hash, hash: data.sha256Hash }
}

function readDocumentId(id: unknown): DocumentId | { readonly refusal: GraphQLError } {
  if (typeof id !== 'string' || id === '') return malformed('documentId: expected the id of a document')
  return id.startsWith(HASH_PREFIX) ? { name: id, hash: id.slice(HASH_PREFIX.length) } : { name: id }
}

const malformed = (message: string) => ({
  refusal: new GraphQLError(message, { extensions: { code: 'BAD_REQUEST' } }),
})
