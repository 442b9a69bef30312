import { z } from 'zod'
import { section } from './section.ts'

/** How long and how many: subscriptions over WebSocket, SSE and multipart alike. */
export const subscriptions = section({
  schema: z.strictObject({
    /** Open in this process, over all transports. Each takes a few kilobytes: docs/subscriptions.md has the figures. */
    maxOpen: z.int().min(1).default(50_000),
    /** Operations under way at once over one WebSocket or one event stream of the single connection mode. */
    maxPerConnection: z.int().min(1).default(200),
    /** Answers that wait for a client that reads slowly; the oldest is dropped for the next one. */
    queueLength: z.int().min(1).default(128),
    /** A proxy drops a silent connection after a minute or less; a WebSocket that is gone is found out within two of these. */
    heartbeatMs: z.int().min(100).default(12_000),
  }),
  fromEnvironment: ({ MAX_SUBSCRIPTIONS, SUBSCRIPTION_HEARTBEAT_MS }) => ({
    maxOpen: MAX_SUBSCRIPTIONS,
    heartbeatMs: SUBSCRIPTION_HEARTBEAT_MS,
  }),
})
