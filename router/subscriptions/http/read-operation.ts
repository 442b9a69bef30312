import type { IncomingMessage } from 'node:http'
import { z } from 'zod'
import { peekJson } from '../../http/read-json.ts'
import type { HttpParts, Refusal } from './http-parts.ts'

const object = z.record(z.string(), z.unknown())
const schema = z.object({
  query: z.string('expected a GraphQL document').nullish(),
  documentId: z.string('expected the id of a document').nullish(),
  operationName: z.string().nullish(),
  variables: object.nullish(),
  extensions: object.nullish(),
})

/** An operation as a request over HTTP has it, with the document that it sends or names, or why there is none. */
export type ReadOperation = { operation: Asked & { query: string; isResolved: true } } | { refusal: Refusal }

type Asked = z.output<typeof schema>
type Parts = Pick<HttpParts, 'serving' | 'longestMessageBytes'>

/** Reads the operation of a GET or POST. What is read can be read again by who answers the request otherwise. */
export async function readOperation(request: IncomingMessage, parts: Parts): Promise<ReadOperation> {
  const parameters = request.method === 'GET' ? fromUrl(request) : await fromBody(request, parts.longestMessageBytes)
  if ('refusal' in parameters) return parameters
  const parsed = schema.safeParse(parameters.json)
  if (parsed.success) return withDocument(parsed.data, parts)
  const [issue] = parsed.error.issues
  return refusal(`${issue?.path.join('.') || 'body'}: ${issue?.message}`)
}

async function withDocument(asked: Asked, { serving }: Parts): Promise<ReadOperation> {
  const resolved = await serving().resolveDocument(asked)
  if ('refusal' in resolved) return refusal(resolved.refusal.message, resolved.refusal.extensions['code'])
  const { query } = resolved
  if (query === undefined) return refusal('query: expected a GraphQL document')
  return { operation: { ...asked, query, isResolved: true } }
}

const refusal = (message: string, code?: unknown) => ({ refusal: { status: 400, message, code } })

type Parameters = { json: unknown } | { refusal: Refusal }

async function fromBody(request: IncomingMessage, limitBytes: number): Promise<Parameters> {
  // A page of another site can send a form's types without asking; JSON it can't.
  if (!(request.headers['content-type'] ?? '').includes('json'))
    return { refusal: { status: 415, message: 'content-type: expected application/json' } }
  return peekJson(request, limitBytes)
}

function fromUrl(request: IncomingMessage): Parameters {
  const { searchParams } = new URL(request.url ?? '/', 'http://router')
  try {
    return {
      json: {
        query: searchParams.get('query'),
        documentId: searchParams.get('documentId'),
        operationName: searchParams.get('operationName'),
        variables: JSON.parse(searchParams.get('variables') ?? 'null'),
        extensions: JSON.parse(searchParams.get('extensions') ?? 'null'),
      },
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return { refusal: { status: 400, message: `variables, extensions: expected JSON: ${error.message}` } }
  }
}
