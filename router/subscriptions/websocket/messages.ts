import { z } from 'zod'

// https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
const id = z.string().min(1)
const object = z.record(z.string(), z.unknown())
const schema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('connection_init'), payload: object.nullish() }),
  z.object({ type: z.literal('ping'), payload: object.nullish() }),
  z.object({ type: z.literal('pong'), payload: object.nullish() }),
  z.object({
    type: z.literal('subscribe'),
    id,
    // The protocol asks for `query`; who names a persisted document may leave it empty, or out.
    payload: z
      .object({
        query: z.string().optional(),
        documentId: z.string().nullish(),
        operationName: z.string().nullish(),
        variables: object.nullish(),
        extensions: object.nullish(),
      })
      .refine(
        ({ query, documentId, extensions }) =>
          query !== undefined || (documentId ?? extensions?.['persistedQuery']) !== undefined,
      ),
  }),
  z.object({ type: z.literal('complete'), id }),
])

/** What a client may send by graphql-transport-ws. */
export type ClientMessage = z.output<typeof schema>

/** Reads a message; undefined where it is none. */
export function readMessage(text: string): ClientMessage | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
