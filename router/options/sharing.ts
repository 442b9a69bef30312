import { z } from 'zod'
import { section } from './section.ts'

/** What equal requests share. */
export const sharing = section({
  schema: z.strictObject({
    /** Equal queries of one subgraph that are under way at once are asked once. */
    inFlight: z.boolean().default(true),
    /** Equal queries of clients that are under way at once are executed once: a late one may get what was read before it came. */
    incoming: z.boolean().default(false),
  }),
  fromEnvironment: ({ SHARE_IN_FLIGHT, SHARE_INCOMING }) => ({
    inFlight: SHARE_IN_FLIGHT && SHARE_IN_FLIGHT === 'on',
    incoming: SHARE_INCOMING && SHARE_INCOMING === 'on',
  }),
})
