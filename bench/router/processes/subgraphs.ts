import { execute, type GraphQLSchema, parse } from 'graphql'
import { z } from 'zod'
import { subgraphSchemas } from '../graph/schemas.ts'
import { jsonResponse, NOT_FOUND, serveHttp } from './serve-http.ts'

// All four subgraphs, each at its path. A request is executed by graphql-js when it is first seen, `_entities` by their
// representations; its data never change, so the same bytes are answered with the same bytes from then on.
// A gateway sends a few dozen different requests here; one that makes every request different is not answered slower for ever.
const REMEMBERED_ANSWERS = 2_000

const requestSchema = z.object({
  query: z.string(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
})

const schemas = new Map(Object.entries(subgraphSchemas()).map(([name, schema]) => [`/${name}`, schema]))
const answers = new Map([...schemas.keys()].map((path) => [path, new Map<string, Buffer | Promise<Buffer>>()]))

const origin = await serveHttp((path, body) => {
  const schema = schemas.get(path)
  const remembered = answers.get(path)
  if (schema === undefined || remembered === undefined) return NOT_FOUND
  const key = body.toString('latin1')
  const known = remembered.get(key)
  if (known !== undefined) return known
  if (remembered.size >= REMEMBERED_ANSWERS) remembered.clear()
  const answer = respond(schema, body)
  remembered.set(key, answer)
  void answer.then((bytes) => remembered.set(key, bytes))
  return answer
})
process.send?.({ origin })

async function respond(schema: GraphQLSchema, body: Buffer): Promise<Buffer> {
  try {
    const { query, variables, operationName } = requestSchema.parse(JSON.parse(body.toString('utf8')))
    const result = await execute({ schema, document: parse(query), variableValues: variables, operationName })
    return jsonResponse(JSON.stringify(result))
  } catch (error) {
    return jsonResponse(JSON.stringify({ errors: [{ message: String(error) }] }))
  }
}
