import { z } from 'zod'
import { section } from './section.ts'

/** Which clients ask for which fields, recorded for `npm run graph -- check` and `usage report`. Off unless `log` is set. */
export const usage = section({
  schema: z.strictObject({
    /** Where it is kept: a folder, or the address of a Redis that all routers share. */
    log: z.string().min(1).optional(),
    /** How often what was counted is written down. */
    flushMs: z.int().min(100).default(10_000),
  }),
  fromEnvironment: ({ USAGE_LOG }) => ({ log: USAGE_LOG }),
})
