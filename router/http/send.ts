import type { ServerResponse } from 'node:http'
import type { HTTPGraphQLResponse } from '@apollo/server'
import type { QuickAnswer } from './quick-answer.ts'
import { encodingOf, lineOf, type Written } from './write-result.ts'

/** Sends an answer, in parts where it has some. `addHeaders` is called after its own are set. */
export async function send(
  response: ServerResponse,
  answer: HTTPGraphQLResponse | QuickAnswer,
  addHeaders: () => void,
): Promise<void> {
  for (const [name, value] of answer.headers) response.setHeader(name, value)
  addHeaders()
  const { body } = answer
  if (typeof body === 'string' || Buffer.isBuffer(body) || 'line' in body) return end(response, body)
  response.statusCode = ('status' in answer && answer.status) || 200
  if (body.kind === 'complete') return end(response, body.string)
  for await (const chunk of body.asyncIterator) response.write(chunk)
  response.end()
}

function end(response: ServerResponse, body: Written): void {
  if (typeof body === 'string') response.end(body, encodingOf(body))
  else if (Buffer.isBuffer(body)) response.end(body)
  else endLine(response, body.line)
}

const BLOCK_BYTES = 393_216
// In UTF-8 no character takes more than three bytes, but for pairs, which take four.
const LONGEST_LINE = Math.floor((BLOCK_BYTES - 1) / 3)
const LINE_FEED = 10
let block: Buffer | undefined

/**
 * Sends a text and the end of its line, from memory that the next answer uses again where the system took all at once, as
 * it mostly does: to get memory for each, and its length in bytes before, took a thirtieth of a heavy query's CPU.
 */
function endLine(response: ServerResponse, line: string): void {
  const { socket } = response
  if (line.length > LONGEST_LINE || socket === null || socket.writableLength > 0) return void response.end(lineOf(line))
  block ??= Buffer.allocUnsafeSlow(BLOCK_BYTES)
  const length = block.write(line)
  block[length] = LINE_FEED
  response.end(block.subarray(0, length + 1))
  // The rest is read from there when the client has room for it.
  if (socket.writableLength > 0) block = undefined
}
