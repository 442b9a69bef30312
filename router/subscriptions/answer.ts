import { type ExecutionResult, GraphQLError, type GraphQLFormattedError } from 'graphql'

/** How a transport writes an answer that all of its equal listeners get alike. */
export type Framing = (json: string) => string

/** One answer for all who listen to it: it is serialised once, and framed once for each framing. */
export class Answer {
  readonly #result: ExecutionResult
  #json: string | undefined
  #framed: Map<Framing, Buffer> | undefined

  constructor(result: ExecutionResult) {
    this.#result = result
  }

  /** As JSON, without what only HTTP has a place for. */
  get json(): string {
    this.#json ??= JSON.stringify(toPlain(this.#result))
    return this.#json
  }

  /** The bytes that `framing`, always the same function, makes of it. */
  framed(framing: Framing): Buffer {
    this.#framed ??= new Map()
    const known = this.#framed.get(framing)
    if (known !== undefined) return known
    const bytes = Buffer.from(framing(this.json))
    this.#framed.set(framing, bytes)
    return bytes
  }
}

/** An error as it goes over the wire of a stream, where there is no HTTP status to set. */
export function plainError(error: GraphQLError | GraphQLFormattedError): GraphQLFormattedError {
  const { extensions, ...formatted } = error instanceof GraphQLError ? error.toJSON() : error
  if (extensions === undefined) return formatted
  const { http: _http, ...open } = extensions
  return { ...formatted, extensions: open }
}

const toPlain = (result: ExecutionResult) =>
  result.errors === undefined ? result : { ...result, errors: result.errors.map(plainError) }
