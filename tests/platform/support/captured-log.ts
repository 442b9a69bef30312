import { createLogger, type Logger } from '#platform/runtime/logger.ts'

/** One line of a log. */
export type Line = Record<string, unknown> & { level: string; msg: string }

/** A logger that keeps its lines. */
export function capturedLog(): { log: Logger; lines: () => Line[]; text: () => string } {
  const written: string[] = []
  const log = createLogger({
    service: 'test',
    level: 'debug',
    destination: { write: (line: string) => void written.push(line) },
  })
  return { log, lines: () => written.map((line) => JSON.parse(line) as Line), text: () => written.join('') }
}
