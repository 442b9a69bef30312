import { z } from 'zod'
import { section } from './section.ts'

/** A bound, or `off` for none. */
const bound = (value: number) =>
  z
    .union([z.int().min(1), z.literal('off').transform(() => Number.POSITIVE_INFINITY)], {
      error: 'expected a whole number from 1, or off',
    })
    .default(value)

/**
 * What one operation may be at most. Fragments count wherever they are spread, and each operation of a document by itself.
 * The defaults let pass what clients send (GraphiQL's introspection query has 16 levels and about 300 fields) and stop what
 * costs the router itself: each is about ten times what our largest example needs.
 */
export const limits = section({
  schema: z.strictObject({
    /** Fields within fields; what is under `__schema` and `__type` does not count. */
    depth: bound(15),
    /** Fields in all. Bounds what validation and planning cost. */
    fields: bound(5_000),
    /** Fields at the root, `__typename` aside. */
    rootFields: bound(50),
    /** Fields that have an alias. */
    aliases: bound(200),
    /** Directives in all. */
    directives: bound(200),
    /** Of the document's text, where parsing stops. Also bounds how deep lists and objects may nest in it. */
    tokens: bound(15_000),
    /** A request's body, or a message over a socket. */
    bodyBytes: z.int().min(1).default(1_000_000),
    /** What an operation costs at most, by `@cost` and `@listSize`: about thirty times our dearest example. */
    maxCost: bound(10_000),
    /** Elements that a list is taken to have where no `@listSize` says it. */
    assumedListSize: z.int().min(0).default(10),
    /** Operations that are under way at once, over all transports; beyond it they are shed. */
    inFlight: bound(200),
  }),
  fromEnvironment: ({ MAX_DEPTH, MAX_TOKENS, MAX_COST, MAX_IN_FLIGHT }) => ({
    depth: MAX_DEPTH,
    tokens: MAX_TOKENS,
    maxCost: MAX_COST,
    inFlight: MAX_IN_FLIGHT,
  }),
})
