import type { GraphQLError } from 'graphql'
import type { DocumentRequest, ResolvedDocument } from '../documents/persisted-documents.ts'

type Resolve = (request: DocumentRequest) => ResolvedDocument | Promise<ResolvedDocument>

/** A request's parameters: the body of a POST, what follows the path of a GET. */
export type Parameters = { readonly body: unknown; readonly search: string }

/** The same request with the texts of the documents that it names, or why it is not served; an array as a whole. */
export function withDocuments(
  parameters: Parameters,
  resolve: Resolve,
): Parameters | { refusal: GraphQLError } | Promise<Parameters | { refusal: GraphQLError }> {
  const { body, search } = parameters
  if (Array.isArray(body)) return resolveAll(body, parameters, resolve)
  if (isObject(body)) return then(resolve(body), (query) => ({ search, body: withText(body, query) }))
  if (search === '') return parameters
  const asked = new URLSearchParams(search)
  return then(resolve(inUrl(asked)), (query) => ({ body, search: searchWithText(asked, query, search) }))
}

type JsonObject = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null

async function resolveAll(
  operations: readonly unknown[],
  { search }: Parameters,
  resolve: Resolve,
): Promise<Parameters | { refusal: GraphQLError }> {
  const body: unknown[] = []
  for (const operation of operations) {
    const resolved = isObject(operation) ? await resolve(operation) : { query: undefined }
    if ('refusal' in resolved) return resolved
    body.push(isObject(operation) ? withText(operation, resolved.query) : operation)
  }
  return { body, search }
}

/** At once where the document is there at once: most requests send theirs along. */
function then(
  resolved: ResolvedDocument | Promise<ResolvedDocument>,
  make: (query: string | undefined) => Parameters,
): Parameters | { refusal: GraphQLError } | Promise<Parameters | { refusal: GraphQLError }> {
  if (resolved instanceof Promise) return resolved.then((later) => ('refusal' in later ? later : make(later.query)))
  return 'refusal' in resolved ? resolved : make(resolved.query)
}

/** As if the client had sent the text: Apollo Server would look for `persistedQuery` itself, and finds none. */
function withText(operation: JsonObject, query: string | undefined): JsonObject {
  const { extensions } = operation
  const isNamed = isObject(extensions) && 'persistedQuery' in extensions
  if (query === operation['query'] && operation['documentId'] === undefined && !isNamed) return operation
  const { documentId: _documentId, extensions: _extensions, ...asked } = operation
  const { persistedQuery: _persistedQuery, ...others } = isNamed ? extensions : {}
  const left = isNamed ? others : extensions
  const isEmpty = left === undefined || (isObject(left) && Object.keys(left).length === 0)
  return { ...asked, query, ...(!isEmpty && { extensions: left }) }
}

/** A parameter that is no JSON is left to Apollo Server, which says so. */
function inUrl(asked: URLSearchParams): DocumentRequest {
  return {
    query: asked.get('query'),
    documentId: asked.get('documentId'),
    operationName: asked.get('operationName'),
    extensions: parseJson(asked.get('extensions')),
  }
}

function parseJson(text: string | null): unknown {
  if (text === null) return undefined
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function searchWithText(asked: URLSearchParams, query: string | undefined, search: string): string {
  const extensions = parseJson(asked.get('extensions'))
  const isNamed = isObject(extensions) && 'persistedQuery' in extensions
  if (query === undefined || (query === asked.get('query') && !isNamed)) return search
  asked.set('query', query)
  if (isNamed) {
    const { persistedQuery: _persistedQuery, ...others } = extensions
    asked.set('extensions', JSON.stringify(others))
  }
  return `?${asked.toString()}`
}
