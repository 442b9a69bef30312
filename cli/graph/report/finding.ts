/** How bad a finding is: an error fails the command, a warning and a note do not. */
export type Severity = 'error' | 'warning' | 'note'

/** A line of a file of the repository; `of` says whose it is (a subgraph, an operation), where that helps. */
export type Place = { file: string; line: number; of?: string }

/** One thing that a command has to say. */
export type Finding = {
  severity: Severity
  /** What found it, in kebab-case: `breaking-used`, `composition`. Waivers and SARIF name it so. */
  rule: string
  message: string
  places: readonly Place[]
  /** What to do about it. */
  hint?: string
}

/** Whether the command that found these fails. */
export const hasErrors = (findings: readonly Finding[]): boolean =>
  findings.some(({ severity }) => severity === 'error')
