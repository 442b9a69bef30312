import type { Size } from './graph/operations.ts'
import { type Measured, ratioOf, ratiosOf } from './ratios.ts'

// What all of it on may cost more than the same router, as it comes, takes for the same requests.
const MOST_PERCENT = 10

// `tokenless` is printed beside it: how much that is more than without a token in the requests.
const PAIRS = [
  { all: 'ours-all', same: 'ours-token', tokenless: 'ours' },
  { all: 'ours-all-unshared', same: 'ours-token-unshared', tokenless: 'ours-unshared' },
] as const

/** What all of it on costs at one size. Two equal processes differ by a tenth: what is promised is of all sizes. */
export const everythingAt = (size: Size, measured: readonly Measured[]): string[] =>
  PAIRS.flatMap(({ all, same, tokenless }) => [
    ...lineOf(`${all} against ${same}`, ratioOf(all, same, size, measured)),
    ...lineOf(`${all} against ${tokenless}, which is asked without a token`, ratioOf(all, tokenless, size, measured)),
  ])

/** The same of all sizes, with its standard error over every pair of processes, against what is promised; as Markdown. */
export function reportEverything(sizes: readonly Size[], measured: readonly Measured[]): string {
  const ratios = (one: string, other: string) => sizes.flatMap((size) => ratiosOf(one, other, size, measured))
  const lines = PAIRS.flatMap(({ all, same, tokenless }) => [
    ...overall(`${all} against ${same}`, ratios(all, same)).map((said) => said + verdictOn(ratios(all, same))),
    ...overall(`${all} against ${tokenless}, which is asked without a token`, ratios(all, tokenless)),
  ])
  return lines.length === 0 ? '' : ['\n## All of it on, all sizes\n', ...lines, ''].join('\n')
}

const lineOf = (what: string, ratio: number | undefined): string[] =>
  ratio === undefined ? [] : [`- ${what}: ${more(ratio)} CPU`]

function overall(what: string, ratios: readonly number[]): string[] {
  if (ratios.length === 0) return []
  const { mean, error } = meanOf(ratios)
  // One pair says nothing of how far the next would be from it.
  const pairs = ratios.length === 1 ? 'in one pair' : `± ${(100 * error).toFixed(1)} over ${ratios.length} pairs`
  return [`- ${what}: ${more(mean)} CPU ${pairs} of processes`]
}

const verdictOn = (ratios: readonly number[]): string =>
  `, promised at most +${MOST_PERCENT} %: ${100 * (meanOf(ratios).mean - 1) <= MOST_PERCENT ? 'kept' : 'NOT KEPT'}`

/** Ratios are averaged by their logarithms: twice and half come to the same. */
function meanOf(ratios: readonly number[]): { mean: number; error: number } {
  const logs = ratios.map(Math.log)
  const middle = sumOf(logs) / logs.length
  const variance = sumOf(logs.map((log) => (log - middle) ** 2)) / Math.max(1, logs.length - 1)
  const mean = Math.exp(middle)
  return { mean, error: mean * Math.sqrt(variance / logs.length) }
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)

const more = (ratio: number): string => `${ratio > 1 ? '+' : ''}${(100 * (ratio - 1)).toFixed(1)} %`
