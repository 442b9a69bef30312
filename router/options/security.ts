import { z } from 'zod'
import type { Config } from '#platform/runtime/config.ts'
import { section } from './section.ts'

// Half a year, as preload lists ask for at least; a shop that goes back to plain HTTP sets it to 0 first.
const HSTS_S = 180 * 24 * 3600

/** What clients may do, and what browsers are told. */
export const security = section({
  schema: z.strictObject({
    /** Whether clients may ask for the schema, and be told what a misspelt name may have meant. Left out: not in production. */
    introspection: z.boolean().optional(),
    /** How many operations one HTTP request may carry, as a JSON array; 0: no arrays. */
    batchSize: z.number().int().min(0).max(100).default(0),
    /** `Strict-Transport-Security`, sent to whom a proxy says that they came by https; 0: not at all. */
    hstsMaxAgeS: z.number().int().min(0).default(HSTS_S),
  }),
  fromEnvironment: ({ INTROSPECTION, BATCH_SIZE }) => ({
    introspection: INTROSPECTION && INTROSPECTION === 'on',
    batchSize: BATCH_SIZE,
  }),
})

/** Whether clients may ask for the schema, once it is known where: nobody's production shows what it was not asked to. */
export const mayIntrospect = (
  { introspection }: { introspection?: boolean | undefined },
  { NODE_ENV }: Pick<Config, 'NODE_ENV'>,
): boolean => introspection ?? NODE_ENV !== 'production'
