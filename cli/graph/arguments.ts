import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { dayOf, KEPT_DAYS } from '../../router/usage/usage-store.ts'
import { GraphError } from './graph-error.ts'
import { type Finding, hasErrors } from './report/finding.ts'
import { type Format, FORMATS, render } from './report/render.ts'

const SHARED = {
  root: { type: 'string', default: '.' },
  format: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const

/** The options of a command, those that all commands take among them. Throws {@link GraphError} on a format that is none. */
export function readArguments<Own extends ParseArgsOptionsConfig>(args: string[], own: Own) {
  const { values, positionals } = parseArgs({ args, options: { ...SHARED, ...own }, allowPositionals: true })
  const shared = values as { root: string; format?: string; json: boolean }
  return { values, positionals, root: shared.root, format: formatOf(shared) }
}

function formatOf({ format, json }: { format?: string; json: boolean }): Format {
  if (format === undefined) return json ? 'json' : 'text'
  const known = FORMATS.find((one) => one === format)
  if (known === undefined) throw new GraphError(`--format: expected ${FORMATS.join(', ')}, got ${format}`)
  return known
}

/** Prints findings, and `summary` for people; whether none of them is an error. */
export function report(findings: readonly Finding[], command: string, format: Format, summary: string): boolean {
  process.stdout.write(render(findings, format, command))
  if (format === 'text') process.stdout.write(`${summary}\n`)
  return !hasErrors(findings)
}

/** `2 errors, 1 warning, 0 notes`. */
export function count(findings: readonly Finding[]): string {
  const of = (severity: Finding['severity']) => findings.filter((finding) => finding.severity === severity).length
  const named = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`
  return [named(of('error'), 'error'), named(of('warning'), 'warning'), named(of('note'), 'note')].join(', ')
}

/** The day that `--days` days before today was. Throws {@link GraphError} where it is no number, or more than routers keep. */
export function sinceDay(days: string): string {
  const number = Number(days)
  if (!(Number.isInteger(number) && number > 0 && number <= KEPT_DAYS))
    throw new GraphError(`--days: expected 1 to ${KEPT_DAYS}, got ${days}`)
  return dayOf(Date.now() - number * 24 * 3_600_000)
}
