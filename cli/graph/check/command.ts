import { count, readArguments, report, sinceDay } from '../arguments.ts'
import { hasErrors } from '../report/finding.ts'
import { baseCommit, workingTree } from '../source/files.ts'
import { check } from './check.ts'

const OPTIONS = {
  against: { type: 'string' },
  manifest: { type: 'string', multiple: true },
  usage: { type: 'string' },
  days: { type: 'string', default: '30' },
  verbose: { type: 'boolean', default: false },
} as const

/** `graph check [--against REF] [--manifest FILE]… [--usage FOLDER|REDIS] [--days N] [--verbose]` */
export async function runCheck(args: string[]): Promise<boolean> {
  const { values, root, format } = readArguments(args, OPTIONS)
  const base = await baseCommit(root, values.against)
  const findings = await check({
    root,
    now: workingTree(root),
    base,
    manifests: values.manifest ?? [],
    usage: values.usage === undefined ? undefined : { location: values.usage, sinceDay: sinceDay(values.days) },
  })
  // Whoever reads by eye wants what needs a decision; programs get everything.
  const shown = format === 'text' && !values.verbose ? findings.filter(({ rule }) => rule !== 'safe') : findings
  const verdict = hasErrors(findings) ? 'The graph must not be released like this' : 'The graph may be released'
  return report(shown, 'check', format, `${verdict}: ${count(findings)} against ${base.slice(0, 12)}.`)
}
