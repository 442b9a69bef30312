import { z } from 'zod'
import { CHANGED_ENTITIES, type EntityKey } from '#schema/events/changed-entities.ts'
import { eventEnvelopeSchema, streamOf } from '#schema/events/envelope.ts'
import { DROPS_STREAM, type StreamChange } from './redis-store.ts'
import { ANYTHING, EVERYTHING, listTag, tagsOfChange } from './tags.ts'

/** Every stream that tells of changes: events of the shop's own subgraphs, and drops of routers. */
export const CHANGE_STREAMS: readonly string[] = [DROPS_STREAM, ...Object.keys(CHANGED_ENTITIES).map(streamOf)]

/** A change, and which router has already dropped it. */
export type ReadChange = StreamChange & { by: string | undefined }

const dropSchema = z.object({ subgraph: z.string(), tags: z.array(z.string()), by: z.string().optional() })
const entitySchema = z.object({ __typename: z.string() }).catchall(z.unknown())
const requestSchema = z.object({ subgraph: z.string(), entities: z.array(entitySchema) })

/** Reads one entry of a stream. Throws where it is none; of which subgraph it would be, `subgraphOfStream` says. */
export function readChange(stream: string, id: string, fields: readonly string[]): ReadChange {
  const json: unknown = JSON.parse(fields[1] ?? '')
  if (stream === DROPS_STREAM) return { stream, id, ...readDrop(json) }
  const subgraph = subgraphOfStream(stream) ?? ''
  const changed = CHANGED_ENTITIES[subgraph]?.(eventEnvelopeSchema.parse(json)) ?? { entities: [] }
  if (changed === 'everything') return { stream, id, subgraph, tags: [EVERYTHING], by: undefined }
  const lists = (changed.listsOf ?? []).map(listTag)
  return { stream, id, subgraph, tags: tagsOf(changed.entities, lists), by: undefined }
}

/** The subgraph whose events are in the stream. */
export const subgraphOfStream = (stream: string): string | undefined =>
  Object.keys(CHANGED_ENTITIES).find((subgraph) => streamOf(subgraph) === stream)

/** What a router wrote, or whoever has no events of their own: `{"subgraph":"products","entities":[{"__typename":"Product","id":"1"}]}`. */
function readDrop(json: unknown): Pick<ReadChange, 'subgraph' | 'tags' | 'by'> {
  const drop = dropSchema.safeParse(json)
  if (drop.success) return { ...drop.data, by: drop.data.by }
  const { subgraph, entities } = requestSchema.parse(json)
  const changed = entities.map(({ __typename: typename, ...key }) => ({ typename, key }))
  return { subgraph, tags: tagsOf(changed, []), by: undefined }
}

function tagsOf(entities: readonly EntityKey[], lists: readonly string[]): string[] {
  const tags = new Set([...entities.flatMap(tagsOfChange), ...lists])
  return tags.size === 0 ? [] : [...tags, ANYTHING]
}
