import { toTerminalLine } from '#platform/embedded/log-lines.ts'
import { createLogger, type Logger } from '#platform/runtime/logger.ts'

/** What the start and its services write: readable lines at a terminal, the entries as they are (JSON) anywhere else. */
export type Output = {
  log: Logger
  logFor(service: string): Logger
  print(service: string, line: string): void
  write(text: string): void
}

/** Output to `stream`. `level` is that of the start's own log and of services in the same process. */
export function createOutput(stream: { isTTY?: boolean; write(text: string): unknown }, level: string): Output {
  const print = (service: string, line: string) => {
    stream.write(`${stream.isTTY ? toTerminalLine(service, line) : line}\n`)
  }
  const logFor = (service: string) =>
    createLogger({ service, level, destination: { write: (line) => print(service, line.trimEnd()) } })
  return { log: logFor('start'), logFor, print, write: (text) => void stream.write(text) }
}
