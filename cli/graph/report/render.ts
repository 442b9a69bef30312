import type { Finding, Severity } from './finding.ts'
import { renderSarif } from './sarif.ts'

export const FORMATS = ['text', 'json', 'sarif', 'github'] as const

/** How findings are written: for people, for programs, for code scanning (SARIF 2.1.0), as annotations of a pull request. */
export type Format = (typeof FORMATS)[number]

/** The findings of `command`, errors first, as text that ends in a line feed. */
export function render(findings: readonly Finding[], format: Format, command: string): string {
  const sorted = findings.toSorted((one, other) => ORDER[one.severity] - ORDER[other.severity])
  switch (format) {
    case 'text':
      return sorted.map(renderText).join('')
    case 'json':
      return `${JSON.stringify({ command, findings: sorted }, null, 2)}\n`
    case 'sarif':
      return `${JSON.stringify(renderSarif(sorted), null, 2)}\n`
    case 'github':
      return sorted.map(renderAnnotation).join('')
  }
}

const ORDER: Readonly<Record<Severity, number>> = { error: 0, warning: 1, note: 2 }

/** `error breaking-used: …` with its places and what to do, each on a line of its own. */
export function renderText({ severity, rule, message, places, hint }: Finding): string {
  const lines = places.map(({ file, line, of }) => `    ${file}:${line}${of === undefined ? '' : ` (${of})`}`)
  const all = [`${severity.padEnd(7)} ${rule}: ${message}`, ...lines, ...(hint === undefined ? [] : [`    → ${hint}`])]
  return `${all.join('\n')}\n`
}

const LEVELS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', note: 'notice' }

/** https://docs.github.com/actions/reference/workflow-commands-for-github-actions: a line for each place. */
function renderAnnotation({ severity, rule, message, places, hint }: Finding): string {
  const text = escapeData(hint === undefined ? message : `${message}\n${hint}`)
  const positions =
    places.length === 0 ? [''] : places.map(({ file, line }) => `file=${escapeProperty(file)},line=${line},`)
  return positions
    .map((position) => `::${LEVELS[severity]} ${position}title=${escapeProperty(rule)}::${text}\n`)
    .join('')
}

const escapeData = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')

const escapeProperty = (text: string): string => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
