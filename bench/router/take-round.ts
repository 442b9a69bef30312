import type { BenchGraph } from './bench-graph.ts'
import type { Size } from './graph/operations.ts'
import { type Effort, measure, turnOf, warmUp } from './measure.ts'
import type { Measured } from './ratios.ts'
import { ContenderError, type Question, type Serving, startContender } from './start-contender.ts'

/** What is measured in a round, and by what. */
export type Round = {
  graph: BenchGraph
  size: Size
  question: Question & { answersFile: string }
  measured: readonly Measured[]
  effort: Effort
}

/** All are there at once and measured in slices, A B C A B C: what else the machine does meanwhile hits all of them alike. */
export async function takeRound({ graph, size, question, measured, effort }: Round): Promise<void> {
  const servings = new Map<Measured, Serving>()
  const slices = new Map<Measured, Awaited<ReturnType<typeof measure>>[]>()
  try {
    for (const entry of measured)
      await orFailure(entry, async () => {
        const files = { ...graph, answersFile: question.answersFile }
        servings.set(entry, await startContender(entry.contender, question, files))
      })
    for (const [entry, serving] of servings) await orFailure(entry, () => warmUp(graph, serving, effort))
    for (let slice = 0; slice < effort.slices; slice++)
      for (const [entry, serving] of servings)
        await orFailure(entry, async () => {
          slices.set(entry, [...(slices.get(entry) ?? []), await measure(graph, serving, effort)])
        })
  } finally {
    await Promise.all([...servings.values()].map(({ process: { stop } }) => stop()))
  }
  for (const [entry, its] of slices) entry.turns.set(size, [...(entry.turns.get(size) ?? []), turnOf(its)])
}

/** Does what can fail of a contender, unless it has failed before. */
async function orFailure(entry: Measured, act: () => Promise<unknown>): Promise<void> {
  if (entry.failure !== undefined) return
  try {
    await act()
  } catch (error) {
    if (!(error instanceof ContenderError)) throw error
    entry.failure = { why: error.message, isFault: true }
  }
}
