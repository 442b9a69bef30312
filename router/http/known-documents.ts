import type { IncomingMessage } from 'node:http'
import type { HTTPGraphQLResponse } from '@apollo/server'
import type { DocumentNode } from 'graphql'
import { createCache } from '../caches.ts'
import { hasDefer } from '../defer/defer-directive.ts'
import type { OperationRequest } from '../executor/executor.ts'

/** An operation that can be executed without Apollo Server, and the headers that Apollo Server would give its answer. */
export type KnownOperation = Pick<OperationRequest, 'document' | 'operationName' | 'variables'> & {
  readonly headers: readonly [string, string][]
}

/**
 * What Apollo Server has shown of itself: documents that it parsed and validated, and the headers of its answers by `Accept`.
 * A request for which all of that is known is answered without it, which saves a third of the CPU of a small query; whatever
 * is unusual about a request or its answer, errors too, goes through it.
 */
export type KnownDocuments = {
  /** A document that Apollo Server let through to execution. */
  addDocument(query: string, document: DocumentNode): void
  /** An answer of Apollo Server to a request by POST. */
  addAnswer(request: IncomingMessage, answer: HTTPGraphQLResponse): void
  find(request: IncomingMessage, json: unknown): KnownOperation | undefined
}

const REMEMBERED_DOCUMENTS = 2_000
const REMEMBERED_CHARACTERS = 8_000_000
// Browsers and clients send a handful.
const REMEMBERED_ACCEPTS = 50
// Others are JSON, too, but need a parser to tell; none of these can be sent by a foreign page without a preflight.
const CONTENT_TYPES = new Set(['application/json', 'application/json; charset=utf-8', 'application/json;charset=utf-8'])
const MEMBERS = new Set(['query', 'operationName', 'variables'])

/** Nothing known yet. */
export function createKnownDocuments(): KnownDocuments {
  const documents = createCache<string, DocumentNode>('known_documents', {
    max: REMEMBERED_DOCUMENTS,
    maxSize: REMEMBERED_CHARACTERS,
    sizeCalculation: (_document, query) => query.length + 1,
  })
  const headers = createCache<string, readonly [string, string][]>('known_headers', { max: REMEMBERED_ACCEPTS })
  return {
    addDocument: (query, document) => {
      // Its answer may come in parts.
      if (!hasDefer(document)) documents.set(query, document)
    },
    addAnswer: (request, answer) => {
      if (request.method !== 'POST' || answer.status !== undefined || answer.body.kind !== 'complete') return
      if (answer.body.string.startsWith('{"data":')) headers.set(acceptOf(request), [...answer.headers])
    },
    find: (request, json) => {
      if (request.method !== 'POST' || !CONTENT_TYPES.has(String(request.headers['content-type']).toLowerCase())) return
      const known = headers.get(acceptOf(request))
      const operation = known && operationOf(json)
      const document = operation && documents.get(operation.query)
      return (
        document && { document, headers: known, operationName: operation.operationName, variables: operation.variables }
      )
    },
  }
}

const acceptOf = (request: IncomingMessage): string => request.headers.accept ?? ''

/** Undefined for whatever Apollo Server has something to say about. */
function operationOf(json: unknown): ({ query: string } & Omit<OperationRequest, 'document' | 'context'>) | undefined {
  if (typeof json !== 'object' || json === null || !Object.keys(json).every((key) => MEMBERS.has(key))) return undefined
  const { query, operationName, variables } = json as Record<string, unknown>
  if (typeof query !== 'string') return undefined
  if (operationName !== undefined && operationName !== null && typeof operationName !== 'string') return undefined
  if (variables !== undefined && variables !== null && (typeof variables !== 'object' || Array.isArray(variables)))
    return undefined
  return { query, operationName: operationName ?? undefined, variables: (variables ?? {}) as Record<string, unknown> }
}
