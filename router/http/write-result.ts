import type { FormattedExecutionResult } from 'graphql'
import { textOfData } from '../executor/text-data.ts'

/** A text, or the same in UTF-8. */
export type Written = string | Buffer

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

/** An answer of nothing but data, as {@link writeResult} writes it; once for all who share it. */
export function writeData(data: unknown): Written {
  const known = textOfData(data)
  const text = known === undefined ? JSON.stringify({ data }) : `{"data":${known.text}}`
  if (text.length < LONG) return `${text}\n`
  if (known === undefined) return lineOf(text)
  return (known.answer ??= lineOf(text))
}

/** A text that ends a line is two texts, and Node makes one of them before it writes that. */
function lineOf(text: string): Buffer {
  const length = Buffer.byteLength(text)
  const line = Buffer.allocUnsafe(length + 1)
  line.write(text, length === text.length ? 'latin1' : 'utf8')
  line[length] = LINE_FEED
  return line
}

const LINE_FEED = 10

/** ASCII is the same bytes in Latin-1, which Node writes at half the cost. */
export const encodingOf = (text: string): BufferEncoding =>
  Buffer.byteLength(text) === text.length ? 'latin1' : 'utf8'
