import assert from 'node:assert/strict'
import { getOperationAST, parse } from 'graphql'
import { z } from 'zod'
import type { Shop } from '../../../cli/start/one-process.ts'
import { type Answer, type Operation, postGraphQL, subscribeGraphQL } from '../../support/client.ts'
import { filledIn } from './example-values.ts'
import { difference } from './matches.ts'
import { createMemory, type Memory } from './memory.ts'
import { type Block, placeOf } from './pages.ts'
import { runShell } from './shell.ts'
import { jsonOf, type Step } from './steps.ts'

/** Somebody who does what one page says, step by step, and remembers what its answers gave. */
export type Reader = {
  /** Sends the operation of a `graphql` step and holds the answer to the page. */
  ask(step: Step): Promise<void>
  /** Runs a `sh` step and holds what it prints to the page. */
  run(step: Step): Promise<void>
}

/** A new {@link Reader} of a page beside a running shop. */
export function createReader(shop: Shop): Reader {
  const url = shop.urls.router
  const memory = createMemory(url)
  return {
    ask: async (step) => {
      const { data, errors, extensions } = await answerTo(url, await operationOf(step, memory))
      hold(step, { data, ...(errors && { errors }), ...(extensions && { extensions }) })
      memory.keep(step.block, data)
    },
    run: async (step) => {
      const isEndless = step.block.flags.includes('follow')
      const printed = await runShell(step.block, { url, env: { ...shop.env, ...memory.kept() }, isEndless })
      // What is no answer of the graph, and not shown, is for people.
      if (step.answer === undefined && !printed.startsWith('{')) return
      const answer = JSON.parse(printed) as Partial<Answer>
      hold(step, answer)
      memory.keep(step.block, answer.data)
    },
  }
}

const jsonObject = z.record(z.string(), z.json())
const headers = z.record(z.string(), z.string())

async function operationOf({ block, ...step }: Step, memory: Memory): Promise<Operation> {
  const json = (shown: Block | undefined) =>
    filledIn(shown === undefined ? {} : jsonObject.parse(jsonOf(shown)), memory.valueOf)
  return {
    document: await filledIn(block.text, memory.valueOf),
    variables: await json(step.variables),
    headers: headers.parse(await json(step.headers)),
    token: await memory.tokenOf(block.settings.get('as') ?? 'guest'),
  }
}

/** The answer; of a subscription, the first event. */
async function answerTo(url: string, operation: Operation): Promise<Answer> {
  if (getOperationAST(parse(operation.document))?.operation !== 'subscription') return postGraphQL(url, operation)
  const events = subscribeGraphQL(url, operation)
  try {
    return (await events.next()).value as Answer
  } finally {
    await events.return?.()
  }
}

/** What a page does not show is expected to go well. */
function hold({ block, answer }: Step, actual: Partial<Answer>): void {
  const all = JSON.stringify(actual, null, 2)
  if (answer !== undefined) {
    const found = difference(jsonOf(answer), actual)
    assert.equal(found, undefined, `${placeOf(answer)}: ${found}\n${all}`)
    return
  }
  assert.equal(actual.errors, undefined, `${placeOf(block)}: ${all}`)
  for (const [field, value] of Object.entries<{ userErrors?: unknown[] } | null>(actual.data))
    assert.deepEqual(value?.userErrors ?? [], [], `${placeOf(block)}: ${field}`)
}
