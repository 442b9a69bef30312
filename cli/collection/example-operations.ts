import { readdirSync, readFileSync } from 'node:fs'
import { z } from 'zod'

const FOLDER = new URL('../../examples/operations/', import.meta.url)
const PLACEHOLDER = /\$\{(\w+)\}/g

const settings = z.strictObject({
  as: z.enum(['guest', 'customer', 'admin']),
  headers: z.record(z.string(), z.string()).default({}),
  variables: z.record(z.string(), z.json()),
})

/** An operation of examples/operations with how to send it; its variables still hold placeholders. */
export type ExampleOperation = z.output<typeof settings> & { name: string; source: string }

/** The value of each placeholder; called for each place that asks, so that `unique` can differ. */
export type PlaceholderValues = (placeholder: string) => string | number

/** Every operation of examples/operations, by file name. Throws where one lacks its `.json`, or has a malformed one. */
export function readExampleOperations(): ExampleOperation[] {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.graphql'))
  return files.toSorted().map((file) => {
    const name = file.replace(/\.graphql$/, '')
    return { name, source: read(file), ...settings.parse(JSON.parse(read(`${name}.json`))) }
  })
}

/** `variables` with a value for each placeholder, as examples/operations/README.md says. */
export function fillIn<Value extends z.core.util.JSONType>(variables: Value, values: PlaceholderValues): Value
export function fillIn(value: z.core.util.JSONType, values: PlaceholderValues): z.core.util.JSONType {
  if (typeof value === 'string') return fillInText(value, values)
  if (Array.isArray(value)) return value.map((item) => fillIn(item, values))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillIn(item, values)]))
}

/** The text of examples/operations/README.md. */
export const readExamplesReadme = (): string => read('README.md')

function fillInText(text: string, values: PlaceholderValues): string | number {
  const only = /^\$\{(\w+)\}$/.exec(text)?.[1]
  if (only !== undefined) return values(only)
  return text.replace(PLACEHOLDER, (_whole, name: string) => String(values(name)))
}

const read = (file: string): string => readFileSync(new URL(file, FOLDER), 'utf8')
