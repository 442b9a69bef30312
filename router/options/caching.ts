import { z } from 'zod'
import { section } from './section.ts'

// Room for some ten thousand products with their variants.
const MEMORY_BYTES = 64 * 1024 * 1024

/** What is kept of subgraphs' answers. Nothing is, of a supergraph without `@cacheControl`. */
export const caching = section({
  schema: z.strictObject({
    /** Off: every request asks its subgraphs. */
    enabled: z.boolean().default(true),
    /** How much memory this process uses for it, reckoned; the least recently used goes first. */
    memoryBytes: z.int().positive().default(MEMORY_BYTES),
  }),
  fromEnvironment: ({ CACHE, CACHE_MEMORY_BYTES }) => ({
    enabled: CACHE && CACHE === 'on',
    memoryBytes: CACHE_MEMORY_BYTES,
  }),
})
