import type { IncomingHttpHeaders } from 'node:http'
import type { GraphQLFormattedError } from 'graphql'
import { z } from 'zod'
import { subgraphErrorSchema } from '../errors.ts'
import type { HttpAnswer } from './http-pools.ts'
import { clone, type Data, isData } from './json-data.ts'

/** What a subgraph answered. */
export type Answer = {
  data: Data | null
  errors: readonly GraphQLFormattedError[]
  headers?: IncomingHttpHeaders | undefined
}

const errorsSchema = z.array(subgraphErrorSchema)
const SHOWN_IN_LOG = 200

/** Reads an answer; throws where it is not GraphQL, or says neither what it found nor what failed. Its status is not looked at. */
export function readAnswer({ status, text, headers }: HttpAnswer, subgraph: string): Answer {
  const answer = parse(text)
  if (answer === undefined)
    throw new Error(`expected a GraphQL answer of ${subgraph}, got status ${status}: ${text.slice(0, SHOWN_IN_LOG)}`)
  answer.headers = headers
  return answer
}

/** A copy for another reader: each merges into what it got. */
export const cloneAnswer = ({ data, errors, headers }: Answer): Answer => ({
  data: data === null ? null : clone(data),
  errors,
  headers,
})

function parse(text: string): Answer | undefined {
  const json = parseJson(text)
  if (!isData(json)) return undefined
  const { data = null, errors } = json
  if (data !== null && !isData(data)) return undefined
  if (errors === undefined) return data === null ? undefined : { data, errors: [] }
  const read = errorsSchema.safeParse(errors)
  if (!read.success || (data === null && read.data.length === 0)) return undefined
  return { data, errors: read.data }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
