import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { getOperationAST, GraphQLError, type GraphQLSchema, parse, validate } from 'graphql'
import { z } from 'zod'
import { messageOf } from '#platform/kernel/errors.ts'
import { ConfigError } from '#platform/runtime/config.ts'

/** The documents that clients may name: texts by id, and the texts themselves. */
export type Manifest = { readonly byId: ReadonlyMap<string, string>; readonly texts: ReadonlySet<string> }

// https://www.apollographql.com/docs/graphos/platform/security/persisted-queries#manifest-format
const schema = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  version: z.literal(1),
  operations: z.array(
    z.object({
      id: z.string().min(1),
      name: z.string().nullish(),
      type: z.enum(['query', 'mutation', 'subscription']),
      body: z.string().min(1),
    }),
  ),
})
type Operation = z.output<typeof schema>['operations'][number]

const SHA256 = /^[0-9a-f]{64}$/

/** As GraphQL clients make ids: SHA-256 in hexadecimal. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/**
 * Reads manifests, all into one. Throws {@link ConfigError}, which names file, document and fault: a file that is none, two
 * documents of one id, an id that looks like its document's hash and is not, and what `graph` does not allow.
 */
export async function readManifests(files: readonly string[], graph: GraphQLSchema): Promise<Manifest> {
  const byId = new Map<string, string>()
  for (const file of files) {
    for (const operation of await readOperations(file)) {
      const fault = faultOf(operation, byId, graph)
      if (fault !== undefined)
        throw new ConfigError(`${file}: ${operation.name ?? 'a document'} (id ${operation.id}): ${fault}`)
      byId.set(operation.id, operation.body)
    }
  }
  return { byId, texts: new Set(byId.values()) }
}

async function readOperations(file: string): Promise<Operation[]> {
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8'))).operations
  } catch (error) {
    throw new ConfigError(`${file}: expected a manifest of persisted documents: ${reasonOf(error)}`, { cause: error })
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof z.ZodError)) return messageOf(error)
  const [issue] = error.issues
  return `${issue?.path.join('.') || 'it'}: ${issue?.message}`
}

function faultOf({ id, body, type }: Operation, known: ReadonlyMap<string, string>, graph: GraphQLSchema) {
  const other = known.get(id)
  if (other !== undefined && other !== body) return 'another document has the same id'
  if (SHA256.test(id) && id !== sha256(body)) return `expected the SHA-256 of its body, ${sha256(body)}`
  try {
    const document = parse(body)
    const operation = getOperationAST(document)
    if (operation?.operation !== type) return `expected one ${type} in its body`
    const [error] = validate(graph, document)
    return error && `the graph does not allow it: ${error.message}`
  } catch (error) {
    if (error instanceof GraphQLError) return `expected a GraphQL document: ${error.message}`
    throw error
  }
}
