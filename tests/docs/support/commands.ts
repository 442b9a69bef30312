import { type Block, placeOf } from './pages.ts'

/** One command of a block of shell, as somebody would paste it. */
export type Command = { block: Block; text: string }

/** The commands of `sh` blocks, one after the other: a new one begins with each line that belongs to no quote and no here-document. */
export function commandsOf(block: Block): Command[] {
  const commands: string[] = []
  let open: string[] = []
  for (const line of block.text.split('\n')) {
    open.push(line)
    const text = open.join('\n')
    if (isUnfinished(text)) continue
    if (withoutComments(text).trim() !== '') commands.push(withoutComments(text).trim())
    open = []
  }
  if (open.length > 0) throw new Error(`${placeOf(block)}: a quote or a here-document has no end`)
  return commands.map((text) => ({ block, text }))
}

/** The command on one line, and the variables that it is given: `PORT=4100 npm start` is `npm start` with one. */
export function readCommand({ text }: Command): { name: string; env: Record<string, string> } {
  const [assignments = ''] = /^(?:[A-Z_]+=\S* +)*/.exec(text) ?? []
  const env = assignments
    .trim()
    .split(/ +/)
    .filter((word) => word !== '')
  return {
    name: text.slice(assignments.length).replace(/\s+/g, ' '),
    env: Object.fromEntries(env.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)])),
  }
}

const QUOTED = /'[^']*'|"(?:[^"\\]|\\[^])*"/g

function isUnfinished(text: string): boolean {
  const document = /<<'?(\w+)'?/.exec(text)?.[1]
  if (document !== undefined) return !text.split('\n').includes(document, 1)
  return /['"]/.test(withoutComments(text).replace(QUOTED, '')) || text.endsWith('\\')
}

// A # that begins a word begins a comment, unless it stands in quotes.
function withoutComments(text: string): string {
  if (/<</.test(text)) return text
  return text.replace(/'[^']*'|"(?:[^"\\]|\\[^])*"|(^|\s)#.*$/gm, (whole, before?: string) =>
    before === undefined ? whole : before,
  )
}
