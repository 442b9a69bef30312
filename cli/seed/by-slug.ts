import { z } from 'zod'
import type { Ask } from '../client/ask.ts'
import { chunksOf, inParallel } from './in-parallel.ts'

// Some slugs per request, some requests at once: two cores are busy, and no request is large.
const CHUNK = 20
const AT_ONCE = 4

/** What stands under each of `slugs`, by slug; `field` takes a `slug` and gives `selection`, of which `schema` is the shape. */
export async function findBySlug<Found>(
  ask: Ask,
  slugs: readonly string[],
  { field, selection, schema }: { field: string; selection: string; schema: z.ZodType<Found> },
): Promise<Map<string, Found>> {
  const found = await inParallel(chunksOf(slugs, CHUNK), AT_ONCE, async (chunk) => {
    const parameters = chunk.map((_, index) => `$s${index}: String!`)
    const fields = chunk.map((_, index) => `s${index}: ${field}(slug: $s${index}) ${selection}`)
    const answers = await ask({
      document: `query FindBySlug(${parameters.join(', ')}) {\n  ${fields.join('\n  ')}\n}`,
      variables: Object.fromEntries(chunk.map((slug, index) => [`s${index}`, slug])),
      answer: z.record(z.string(), schema.nullable()),
    })
    return chunk.flatMap((slug, index) => entryOf(slug, answers[`s${index}`]))
  })
  return new Map(found.flat())
}

const entryOf = <Found>(slug: string, found: Found | null | undefined): [string, Found][] =>
  found === null || found === undefined ? [] : [[slug, found]]
