import { z } from 'zod'
import { section } from './section.ts'

/** How much cost one caller may ask for in a minute. Held only where REDIS_URL says where the counts are shared. */
export const rateLimit = section({
  schema: z.strictObject({
    enabled: z.boolean().default(true),
    /** Of one address that is not signed in; of IPv6 addresses, one /64. */
    costPerAddress: z.int().min(1).default(120_000),
    /** Of one person who is signed in, from wherever. */
    costPerIdentity: z.int().min(1).default(120_000),
  }),
  fromEnvironment: ({ RATE_LIMIT }) => ({
    enabled: RATE_LIMIT && RATE_LIMIT !== 'off',
    costPerAddress: RATE_LIMIT === 'off' ? undefined : RATE_LIMIT,
    costPerIdentity: RATE_LIMIT === 'off' ? undefined : RATE_LIMIT,
  }),
})
