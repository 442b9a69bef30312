import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '#platform/embedded/free-port.ts'
import type { Contender, Place } from './contenders/contenders.ts'
import { firstDifference } from './first-difference.ts'
import { type NodeProcess, startProcess } from './processes/node-process.ts'

/** An operation and its right answer. */
export type Question = { query: string; variables?: Record<string, unknown>; expected: string }

/** A contender that answers rightly. */
export type Serving = {
  process: NodeProcess
  url: string
  headers: Record<string, string>
  body: string
  answerBytes: number
}

// Enough for the slowest start on two cores that others use too.
const START_MS = 60_000
// Once it answers at all, as long as its parts may still be coming up.
const SETTLE_MS = 5_000
const RETRY_MS = 50

/** What is not measured, because it does not start or answers something else. */
export class ContenderError extends Error {
  override name = 'ContenderError'
}

/** Starts `contender` and waits until it answers `question` rightly. Throws {@link ContenderError}, and stops it, where it doesn't. */
export async function startContender(
  contender: Contender,
  question: Question,
  files: Omit<Place, 'port'> & { folder: string },
): Promise<Serving> {
  const port = await freePort()
  const command = contender.command({ ...files, port })
  const contenderProcess = startProcess({ ...command, logFile: join(files.folder, `${contender.name}.log`) })
  const url = `http://127.0.0.1:${port}/graphql`
  const body = JSON.stringify({ query: question.query, ...(question.variables && { variables: question.variables }) })
  try {
    const asked = { url, headers: contender.headers?.(files) ?? {}, body }
    const answerBytes = await verify(contenderProcess, asked, question.expected)
    return { process: contenderProcess, ...asked, answerBytes }
  } catch (error) {
    await contenderProcess.stop()
    throw error
  }
}

type Asked = Pick<Serving, 'url' | 'headers' | 'body'>

async function verify(contender: NodeProcess, asked: Asked, expected: string): Promise<number> {
  const right: unknown = JSON.parse(expected)
  let until = Date.now() + START_MS
  let difference = 'it does not listen'
  while (Date.now() < until) {
    if (!contender.isRunning()) throw new ContenderError(`does not start: ${contender.lastWords()}`)
    const answer = await askOnce(asked)
    if (answer !== null) {
      const found = firstDifference(right, answer.json)
      if (found === null) return Buffer.byteLength(answer.text)
      difference = answer.json === undefined ? answer.text.slice(0, 300) : found
      until = Math.min(until, Date.now() + SETTLE_MS)
    }
    await sleep(RETRY_MS)
  }
  throw new ContenderError(`answers wrongly: ${difference}`)
}

/** Null while nobody listens. */
async function askOnce({ url, headers: own, body }: Asked): Promise<{ text: string; json: unknown } | null> {
  try {
    const headers = { 'content-type': 'application/json', accept: 'application/json', ...own }
    const response = await fetch(url, { method: 'POST', headers, body })
    const text = await response.text()
    return { text, json: response.ok ? JSON.parse(text) : undefined }
  } catch (error) {
    if (error instanceof TypeError) return null
    throw error
  }
}
