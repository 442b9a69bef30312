import { z } from 'zod'
import { newId } from '#platform/kernel/ids.ts'

/** What a command says happened. `type` is past tense: `order.placed`; `subject` is the entity's id; `data` is JSON. */
export type NewEvent = { type: string; subject: string; data: Readonly<Record<string, unknown>> }

/** CloudEvents 1.0, JSON format, with our extension `requestid` and that for `traceparent`. https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md */
export const eventEnvelopeSchema = z.object({
  specversion: z.literal('1.0'),
  id: z.uuid(),
  source: z.string(),
  type: z.string(),
  subject: z.string(),
  time: z.iso.datetime(),
  datacontenttype: z.literal('application/json'),
  requestid: z.string(),
  traceparent: z.string().optional(),
  data: z.record(z.string(), z.unknown()),
})

/** An event as it travels. */
export type EventEnvelope = z.output<typeof eventEnvelopeSchema>

/** Puts `event` into an envelope with a new id. */
export const eventEnvelope = (
  event: NewEvent,
  from: { source: string; requestId: string; traceparent?: string | undefined },
): EventEnvelope => ({
  specversion: '1.0',
  id: newId(),
  source: `/subgraphs/${from.source}`,
  type: event.type,
  subject: event.subject,
  time: new Date().toISOString(),
  datacontenttype: 'application/json',
  requestid: from.requestId,
  ...(from.traceparent !== undefined && { traceparent: from.traceparent }),
  data: { ...event.data },
})

/** The Redis stream that holds what `subgraph` publishes. */
export const streamOf = (subgraph: string): string => `events:${subgraph}`

/** Where events go that no consumer could handle. */
export const DEAD_LETTERS = 'events:dead'
