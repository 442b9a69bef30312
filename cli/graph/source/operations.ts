import { type DocumentNode, GraphQLError, parse, Source } from 'graphql'
import { z } from 'zod'
import { GraphError } from '../graph-error.ts'
import type { Finding } from '../report/finding.ts'
import type { Files } from './files.ts'

/** A document that clients send: the file it is in, and the line of the file at which it starts. */
export type ClientDocument = { name: string; file: string; document: DocumentNode }

/** Where the operations are that clients are known to send. */
export const OPERATIONS_FOLDER = 'examples/operations'

const manifestSchema = z.object({
  operations: z.array(z.object({ name: z.string().optional(), id: z.string(), body: z.string() })),
})

/** The documents of `examples/operations`; one that can't be parsed is a finding. */
export async function readOperations(files: Files): Promise<{ documents: ClientDocument[]; findings: Finding[] }> {
  const names = (await files.list(OPERATIONS_FOLDER)).filter((file) => file.endsWith('.graphql')).toSorted()
  const read = await Promise.all(
    names.map(async (file) => {
      const path = `${OPERATIONS_FOLDER}/${file}`
      return parseDocument(file.replace(/\.graphql$/, ''), path, (await files.read(path)) ?? '')
    }),
  )
  return { documents: read.filter((one) => 'document' in one), findings: read.filter((one) => 'rule' in one) }
}

/** The documents of a manifest in Apollo's format (`apollo-persisted-query-manifest`). Throws {@link GraphError} on another file. */
export async function readManifest(files: Files, path: string): Promise<ClientDocument[]> {
  const text = await files.read(path)
  if (text === undefined) throw new GraphError(`--manifest: ${path} is not there`)
  const manifest = manifestSchema.safeParse(parseJson(text, path))
  if (!manifest.success)
    throw new GraphError(`--manifest: ${path}: expected Apollo's format: ${z.prettifyError(manifest.error)}`)
  return manifest.data.operations.map(({ name, id, body }) => {
    const parsed = parseDocument(name ?? id, path, body)
    if ('rule' in parsed) throw new GraphError(`--manifest: ${path}: ${id}: ${parsed.message}`)
    return parsed
  })
}

function parseDocument(name: string, file: string, text: string): ClientDocument | Finding {
  try {
    return { name, file, document: parse(new Source(text, file)) }
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error
    const line = error.locations?.[0]?.line ?? 1
    return { severity: 'error', rule: 'operation-syntax', message: error.message, places: [{ file, line, of: name }] }
  }
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new GraphError(`--manifest: ${path}: expected JSON`, { cause: error })
  }
}
