import { globSync } from 'node:fs'
import { describe } from 'node:test'
import { fileURLToPath } from 'node:url'

/** Test files that share processes: where they lie, and how many processes take them in turns. */
type Suite = { files: readonly string[]; processes: number }

const TESTS = new URL('..', import.meta.url)

// Half of what a test file costs is starting a process, loading the shop's modules and running them cold: `npm test` takes two
// thirds of the time of one process for each file. More processes than two (each a second of CPU), so that both cores end at
// about the same time and no process holds the memory of a hundred files.
export const SUITES = {
  parts: { files: ['domain', 'platform', 'sandbox', 'tooling'], processes: 1 },
  programs: { files: ['cli', 'embedded'], processes: 1 },
  router: { files: ['router'], processes: 5 },
  subgraphs: { files: ['subgraphs'], processes: 3 },
  supergraph: { files: ['client', 'conformance', 'supergraph'], processes: 3 },
} as const satisfies Record<string, Suite>

/** The test files of the suite that its process with this number, from 1, runs: paths below `tests`. */
export function filesOf(name: keyof typeof SUITES, number: number): string[] {
  const { files, processes } = SUITES[name]
  const patterns = files.map((folder) => `${folder}/**/*.test.ts`)
  const found = globSync(patterns, {
    cwd: fileURLToPath(TESTS),
    exclude: ['**/*.process.test.ts', '**/*.slow.test.ts'],
  })
  return found.toSorted().filter((_file, index) => index % processes === number - 1)
}

/**
 * Runs the files of a suite in this process, one after another: the hooks of one have run before the next is loaded. Each
 * is a suite of its own to the test runner, with its time-out. Where AGORA_TEST_FILES names files (`tests/…`, between spaces),
 * only those among them.
 */
export async function runTogether(name: keyof typeof SUITES, number: number): Promise<void> {
  const only = process.env['AGORA_TEST_FILES']?.trim().split(/\s+/)
  for (const file of filesOf(name, number)) {
    if (only?.includes(`tests/${file}`) !== false) await describe(file, () => load(file))
  }
}

// What a file had started before it failed would keep the process from ending.
async function load(file: string): Promise<void> {
  try {
    await import(new URL(file, TESTS).href)
  } catch (error) {
    process.stderr.write(`${file} can't be loaded: ${error instanceof Error ? error.stack : String(error)}\n`)
    process.exit(1)
  }
}
