import type { IncomingMessage } from 'node:http'
import { z } from 'zod'
import { peekJson } from '../../http/read-json.ts'

const object = z.record(z.string(), z.unknown())
const schema = z.object({
  query: z.string('expected a GraphQL document'),
  operationName: z.string().nullish(),
  variables: object.nullish(),
  extensions: object.nullish(),
})

/** An operation as a request over HTTP has it, or why there is none. */
export type ReadOperation = { operation: z.output<typeof schema> } | { refusal: { status: number; message: string } }

/** Reads the operation of a GET or POST. What is read can be read again by who answers the request otherwise. */
export async function readOperation(request: IncomingMessage, limitBytes: number): Promise<ReadOperation> {
  const parameters = request.method === 'GET' ? fromUrl(request) : await fromBody(request, limitBytes)
  if ('refusal' in parameters) return parameters
  const parsed = schema.safeParse(parameters.json)
  if (parsed.success) return { operation: parsed.data }
  const [issue] = parsed.error.issues
  return { refusal: { status: 400, message: `${issue?.path.join('.') || 'body'}: ${issue?.message}` } }
}

type Parameters = { json: unknown } | { refusal: { status: number; message: string } }

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
        query: searchParams.get('query') ?? undefined,
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
