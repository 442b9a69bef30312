import { z } from 'zod'
import { section } from './section.ts'

/** How the router leaves. */
export const shutdown = section({
  schema: z.strictObject({
    /** How long it goes on taking requests while /ready says 503 already, so that a balancer has looked by the time it takes none. */
    delayMs: z.int().min(0).default(0),
  }),
  fromEnvironment: ({ SHUTDOWN_DELAY_MS }) => ({ delayMs: SHUTDOWN_DELAY_MS }),
})
