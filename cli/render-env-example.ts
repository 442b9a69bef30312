import { describeVariables } from '#platform/runtime/config.ts'

const HEADER = `# Every environment variable that Agora reads, with its default; empty is the same as unset. \`npm start\` needs none.
# Made by \`npm run env-example\` from platform/runtime/config.ts: change that instead.
`

/** The text of `.env.example`. */
export function renderEnvExample(): string {
  const entries = describeVariables().map(
    ({ name, meaning, default: value }) => `\n# ${meaning}\n${name}=${print(value)}\n`,
  )
  return HEADER + entries.join('')
}

function print(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'boolean') return value ? '1' : '0'
  return typeof value === 'string' ? value : JSON.stringify(value)
}
