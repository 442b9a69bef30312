import type { FormattedExecutionResult } from 'graphql'
import { textOfData } from '../executor/text-data.ts'

/** Apollo Server's `stringifyResult`: the same text, of data that is text already where nobody looked into it. */
export function writeResult(result: FormattedExecutionResult): string {
  const data = textOfData(result.data)
  if (data === undefined) return `${JSON.stringify(result)}\n`
  const { errors, extensions } = result
  const before = errors === undefined ? '' : `"errors":${JSON.stringify(errors)},`
  const after = extensions === undefined ? '' : `,"extensions":${JSON.stringify(extensions)}`
  return `{${before}"data":${data}${after}}\n`
}
