import type { Measured } from './measure.ts'
import type { Scenario } from './scenarios.ts'

const COLUMNS = ['', 'connects/s', 'KB/client', 'of it heap', 'p50 ms', 'p99 ms', 'CPU ms/event', 'p99 of the limit']

/** The results as a Markdown table. Memory and CPU are the server's. */
export function report(results: readonly (readonly [Scenario, Measured])[]): string {
  const rows = results.map(([scenario, measured]) => [
    scenario.title,
    measured.connectsPerSecond.toFixed(0),
    (measured.rssBytesPerClient / 1_000).toFixed(1),
    (measured.heapBytesPerClient / 1_000).toFixed(1),
    measured.p50Ms.toFixed(0),
    measured.p99Ms.toFixed(0),
    measured.cpuMsPerEvent.toFixed(0),
    ratioOf(scenario, measured, results),
  ])
  const lines = [COLUMNS, COLUMNS.map((_, index) => (index === 0 ? '---' : '---:')), ...rows]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function ratioOf(scenario: Scenario, measured: Measured, results: readonly (readonly [Scenario, Measured])[]): string {
  const limit = results.find(([other]) => other.isPlain && other.isDistinct === scenario.isDistinct)
  if (limit === undefined || scenario.isPlain) return ''
  return `${(measured.p99Ms / limit[1].p99Ms).toFixed(1)}×`
}
