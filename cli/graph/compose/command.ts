import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { count, readArguments, report } from '../arguments.ts'
import type { Finding } from '../report/finding.ts'
import { composeSupergraph } from '../source/composition.ts'
import { type Files, workingTree } from '../source/files.ts'
import { readSources } from '../source/read-graph.ts'

const OPTIONS = { check: { type: 'boolean', default: false } } as const

/** `graph compose [--check]`: writes the composed schemas; with `--check` only says which committed one is stale. */
export async function runCompose(args: string[]): Promise<boolean> {
  const { values, root, format } = readArguments(args, OPTIONS)
  const files = workingTree(root)
  const composed = composeSupergraph(await readSources(files))
  if (composed.kind === 'failed')
    return report(composed.errors, 'compose', format, `The supergraph can't be composed: ${count(composed.errors)}.`)
  if (values.check) {
    const stale = await findStale(composed.files, files)
    return report(stale, 'compose', format, stale.length === 0 ? 'The composed schemas are current.' : 'Not current.')
  }
  for (const [file, text] of composed.files) {
    await mkdir(dirname(join(root, file)), { recursive: true })
    await writeFile(join(root, file), text)
  }
  return report(composed.hints, 'compose', format, `Composed ${[...composed.files.keys()].join(', ')}`)
}

async function findStale(composed: ReadonlyMap<string, string>, files: Files): Promise<Finding[]> {
  const stale: Finding[] = []
  for (const [file, text] of composed) {
    if ((await files.read(file)) === text) continue
    stale.push({
      severity: 'error',
      rule: 'stale',
      message: `${file} is not what composing makes`,
      places: [{ file, line: 1 }],
      hint: 'run `npm run compose` and commit what it writes',
    })
  }
  return stale
}
