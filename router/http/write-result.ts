import type { FormattedExecutionResult } from 'graphql'
import { textOfData } from '../executor/text-data.ts'

/** A text, the same in UTF-8, or a long text that lacks the end of its line. */
export type Written = string | Buffer | { readonly line: string }

/** Apollo Server's `stringifyResult`: the same text, of data that is text already where nobody looked into it. */
export function writeResult(result: FormattedExecutionResult): string {
  const known = textOfData(result.data)
  if (known === undefined) return `${JSON.stringify(result)}\n`
  const { errors, extensions } = result
  const before = errors === undefined ? '' : `"errors":${JSON.stringify(errors)},`
  const after = extensions === undefined ? '' : `,"extensions":${JSON.stringify(extensions)}`
  return `{${before}"data":${known.text}${after}}\n`
}

// What is shorter goes to the socket faster in one piece with its head, as text.
const LONG = 16_384

/** An answer of nothing but data, as {@link writeResult} writes it; a long one once for all who share it. */
export function writeData(data: unknown): Written {
  const known = textOfData(data)
  const text = known === undefined ? JSON.stringify({ data }) : `{"data":${known.text}}`
  if (text.length < LONG) return `${text}\n`
  return known === undefined ? { line: text } : (known.answer ??= lineOf(text))
}

/** In memory of its own. */
export const lineOf = (text: string): Buffer => Buffer.from(`${text}\n`)

/** ASCII is the same bytes in Latin-1, which Node writes at half the cost. */
export const encodingOf = (text: string): BufferEncoding =>
  Buffer.byteLength(text) === text.length ? 'latin1' : 'utf8'
