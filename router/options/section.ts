import type { z } from 'zod'
import type { Config } from '#platform/runtime/config.ts'

/** One topic of the router's options: its schema with defaults, and what the environment says of it, which wins over the file. */
export type Section<Schema extends z.ZodType> = {
  readonly schema: Schema
  /** Members that the environment does not name are undefined. */
  readonly fromEnvironment: (config: Config) => { readonly [Member in keyof z.input<Schema>]?: unknown }
}

/** Keeps the type of a section's schema. */
export const section = <Schema extends z.ZodType>(of: Section<Schema>): Section<Schema> => of
