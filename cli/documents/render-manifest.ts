import { createHash } from 'node:crypto'
import { getOperationAST, parse, print } from 'graphql'
import { type ExampleOperation, readExampleOperations } from '../collection/example-operations.ts'

/** What `npm run documents` writes. */
export const MANIFEST_FILE = new URL('../../examples/persisted-documents.json', import.meta.url)

/**
 * The manifest of `examples/operations`, in the format `apollo-persisted-query-manifest`: each document as graphql-js prints
 * it, which is what clients send, and its SHA-256 as the id.
 */
export function renderManifest(): string {
  const operations = readExampleOperations().map(operationOf)
  return `${JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations }, null, 2)}\n`
}

function operationOf({ name: file, source }: ExampleOperation): {
  id: string
  name: string
  type: string
  body: string
} {
  const document = parse(source)
  const operation = getOperationAST(document)
  if (operation?.name === undefined) throw new Error(`${file}: expected one operation with a name`)
  const body = print(document)
  return {
    id: createHash('sha256').update(body).digest('hex'),
    name: operation.name.value,
    type: operation.operation,
    body,
  }
}
