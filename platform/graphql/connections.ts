import type { z } from 'zod'
import { badInput } from '../kernel/errors.ts'

const MAX_PAGE = 100

/** One page, asked for forwards. */
export type PageArgs = { first: number; after?: string | null }

/** One page as Relay's cursor connections have it. https://relay.dev/graphql/connections.htm */
export type Connection<Node> = {
  edges: { cursor: string; node: Node }[]
  nodes: Node[]
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null }
}

/** `first` where it is from 1 to 100. Throws BAD_USER_INPUT. */
export function readFirst(first: number): number {
  if (first < 1 || first > MAX_PAGE) throw badInput('first', `a number from 1 to ${MAX_PAGE}, got ${first}`)
  return first
}

/** Makes a cursor of a row's sort key. Opaque to clients; it stays right while rows are added before or after it. */
export const encodeCursor = (key: readonly unknown[]): string => Buffer.from(JSON.stringify(key)).toString('base64url')

/** Reads what {@link encodeCursor} made, as `schema` says; null where there is none. Throws BAD_USER_INPUT. */
export function decodeCursor<Key>(after: string | null | undefined, schema: z.ZodType<Key>): Key | null {
  if (after === null || after === undefined) return null
  const parsed = schema.safeParse(parseJson(Buffer.from(after, 'base64url').toString('utf8')))
  if (!parsed.success) throw badInput('after', 'an endCursor of this connection')
  return parsed.data
}

/** A page from up to `first + 1` rows, the extra one telling that there are more. */
export function toConnection<Node>(
  rows: readonly Node[],
  page: PageArgs,
  keyOf: (row: Node) => readonly unknown[],
): Connection<Node> {
  const nodes = rows.slice(0, page.first)
  const edges = nodes.map((node) => ({ node, cursor: encodeCursor(keyOf(node)) }))
  return {
    edges,
    nodes,
    pageInfo: {
      hasNextPage: rows.length > page.first,
      hasPreviousPage: page.after !== null && page.after !== undefined,
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
