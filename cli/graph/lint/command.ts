import { count, readArguments, report } from '../arguments.ts'
import { workingTree } from '../source/files.ts'
import { lint } from './lint.ts'
import { RULES } from './rules.ts'

const OPTIONS = { rules: { type: 'boolean', default: false } } as const

/** `graph lint [--rules]`: the rules of the house for schemas; `--rules` lists them. */
export async function runLint(args: string[]): Promise<boolean> {
  const { values, root, format } = readArguments(args, OPTIONS)
  if (values.rules) {
    for (const [id, { reason, fix }] of Object.entries(RULES)) process.stdout.write(`${id}: ${reason}\n    → ${fix}\n`)
    return true
  }
  const findings = await lint(workingTree(root))
  return report(findings, 'lint', format, findings.length === 0 ? 'The schemas keep the rules.' : count(findings))
}
