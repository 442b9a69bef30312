import { ConfigError } from '#platform/runtime/config.ts'
import { ShopError } from './ask.ts'

/** Runs a command of the terminal: what a person can mend is a sentence and exit code 1, anything else keeps its stack. */
export async function runCommand(command: () => Promise<void>): Promise<void> {
  try {
    await command()
  } catch (error) {
    if (!isForPeople(error)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  }
}

// parseArgs explains wrong arguments itself, well.
const isForPeople = (error: unknown): error is Error =>
  error instanceof ShopError ||
  error instanceof ConfigError ||
  (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
