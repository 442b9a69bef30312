import { z } from 'zod'
import { section } from './section.ts'

/** What equal requests share. */
export const sharing = section({
  schema: z.strictObject({
    /** Equal queries of one subgraph that are under way at once are asked once. */
    inFlight: z.boolean().default(true),
  }),
  fromEnvironment: ({ SHARE_IN_FLIGHT }) => ({ inFlight: SHARE_IN_FLIGHT && SHARE_IN_FLIGHT === 'on' }),
})
