import { z } from 'zod'
import type { SigningKey } from '../auth/keys.ts'
import { signServiceToken } from '../auth/tokens.ts'
import type { SubgraphName } from '../runtime/names.ts'
import { currentTraceparent, inSpan } from '../telemetry/tracing.ts'

/** One call of another subgraph, for `actorId` where it is on behalf of a person. */
export type NeighbourCall<Data> = {
  to: SubgraphName
  document: string
  variables: Readonly<Record<string, unknown>>
  /** What the answer's `data` must look like. */
  answer: z.ZodType<Data>
  actorId: string | null
  requestId: string
}

/** Calls other subgraphs with a service token. Throws {@link NeighbourError} where no sound answer came. */
export type Neighbours = <Data>(call: NeighbourCall<Data>) => Promise<Data>

/** No answer, or none that can be used. Whether the neighbour did anything is unknown. */
export class NeighbourError extends Error {
  override name = 'NeighbourError'
}

const responseSchema = z.object({
  data: z.unknown().optional(),
  errors: z.array(z.object({ message: z.string() })).optional(),
})

/** A caller of other subgraphs at `urls`, as `from`, signing with `key`. Each call waits at most `timeoutMs`. */
export function createNeighbours(options: {
  from: SubgraphName
  key: SigningKey
  urls: Partial<Record<SubgraphName, string>>
  timeoutMs: number
}): Neighbours {
  return async (call) => {
    const url = options.urls[call.to]
    if (url === undefined)
      throw new NeighbourError(
        `expected ${call.to.toUpperCase()}_URL to be set, so that ${options.from} can call ${call.to}`,
      )
    const token = signServiceToken(options.key, { from: options.from, to: call.to, actorId: call.actorId })
    const span = { kind: 'client', attributes: { 'agora.subgraph': call.to } } as const
    const response = await inSpan(`call ${call.to}`, span, () => post(url, token, call, options.timeoutMs))
    return read(response, call)
  }
}

async function post(url: string, token: string, call: NeighbourCall<unknown>, timeoutMs: number): Promise<unknown> {
  const traceparent = currentTraceparent()
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${token}`,
        'x-request-id': call.requestId,
        ...(traceparent !== undefined && { traceparent }),
      },
      body: JSON.stringify({ query: call.document, variables: call.variables }),
      signal: AbortSignal.timeout(timeoutMs),
    })
    return await response.json()
  } catch (error) {
    throw new NeighbourError(`expected an answer from ${call.to}, none came`, { cause: error })
  }
}

function read<Data>(body: unknown, call: NeighbourCall<Data>): Data {
  const response = responseSchema.safeParse(body)
  if (!response.success)
    throw new NeighbourError(`expected a GraphQL answer from ${call.to}`, { cause: response.error })
  const [error] = response.data.errors ?? []
  if (error !== undefined) throw new NeighbourError(`${call.to} answered with an error: ${error.message}`)
  const data = call.answer.safeParse(response.data.data)
  if (!data.success) throw new NeighbourError(`expected another answer of ${call.to}`, { cause: data.error })
  return data.data
}
