import type { Contender } from './contenders/contenders.ts'
import type { Size } from './graph/operations.ts'
import { median, type Turn } from './measure.ts'

/** A contender with its turns so far, or why it has none. `isFault`: because it fails, and not because it is not there. */
export type Measured = {
  contender: Contender
  turns: Map<Size, Turn[]>
  failure?: { why: string; isFault: boolean }
}

/** How many times the CPU of `other` the one takes: by round, as these were measured side by side. */
export function ratiosOf(one: string, other: string, size: Size, measured: readonly Measured[]): number[] {
  const others = turnsOf(other, size, measured)
  return turnsOf(one, size, measured).flatMap(({ cpuMsPerRequest }, round) => {
    const beside = others[round]
    return beside === undefined ? [] : [cpuMsPerRequest / beside.cpuMsPerRequest]
  })
}

/** Their median; undefined where they were not measured side by side. */
export function ratioOf(one: string, other: string, size: Size, measured: readonly Measured[]): number | undefined {
  const ratios = ratiosOf(one, other, size, measured)
  return ratios.length === 0 ? undefined : median(ratios)
}

const turnsOf = (name: string, size: Size, measured: readonly Measured[]): readonly Turn[] =>
  measured.find(({ contender, failure }) => contender.name === name && failure === undefined)?.turns.get(size) ?? []
