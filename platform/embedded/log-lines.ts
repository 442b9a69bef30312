import { z } from 'zod'

const entry = z.looseObject({
  level: z.string(),
  time: z.string().optional(),
  service: z.string().optional(),
  msg: z.string().default(''),
  err: z.looseObject({ message: z.string().optional(), stack: z.string().optional() }).optional(),
})

/** A child's output, line by line, whole lines only. */
export function createLineSplitter(onLine: (line: string) => void): (chunk: string) => void {
  let rest = ''
  return (chunk) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line !== '') onLine(line)
  }
}

/** A log entry as one line to be read at a terminal; a line that is no entry, such as a stack trace, keeps its text. */
export function toTerminalLine(service: string, line: string): string {
  const parsed = parse(line)
  if (parsed === undefined) return `${pad(service)} │ ${line}`
  const { level, time, service: own, msg, err, ...fields } = parsed
  const details = Object.entries(fields).map(
    ([name, value]) => ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  const head = `${time?.slice(11, 19) ?? '        '} ${pad(own ?? service)} ${level.padEnd(5)} ${msg}${details.join('')}`
  if (err === undefined) return head
  // Whoever has to mend an error wants to see where it happened; a warning tells what it is.
  return level === 'error' || level === 'fatal' ? `${head}\n${err.stack ?? err.message}` : `${head}: ${err.message}`
}

/** What a line of a dying process says about its death; undefined for the parts of a stack trace that say nothing. */
export function essenceOf(line: string): string | undefined {
  const parsed = parse(line)
  if (parsed !== undefined)
    return [parsed.msg, parsed.err?.message].filter((part) => part !== undefined && part !== '').join(': ')
  return /^(\s|[{}^]|node:|file:|Node\.js v)/.test(line) ? undefined : line
}

const pad = (service: string): string => service.padEnd(9)

function parse(line: string): z.output<typeof entry> | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    return entry.safeParse(JSON.parse(line)).data
  } catch {
    // Not JSON after all: it is printed as it came.
    return undefined
  }
}
