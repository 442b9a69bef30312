import { z } from 'zod'
import { section } from './section.ts'

/** Which named labels of progressive `@override` are on. */
export const overrides = section({
  schema: z.strictObject({
    /** On for every request. */
    labels: z.array(z.string()).default([]),
    /** The request header that may turn on more of them; without it no request can. */
    header: z.string().optional(),
  }),
  fromEnvironment: ({ OVERRIDE_LABELS, OVERRIDE_LABELS_HEADER }) => ({
    labels: OVERRIDE_LABELS === undefined ? undefined : labelsIn(OVERRIDE_LABELS),
    header: OVERRIDE_LABELS_HEADER,
  }),
})

/** Labels with commas between them. */
export const labelsIn = (text: string): string[] =>
  text
    .split(',')
    .map((label) => label.trim())
    .filter((label) => label !== '')
