import { COMMANDS, type CommandName, HELP } from './commands.ts'
import { GraphError } from './graph-error.ts'

// `npm run graph -- COMMAND …`, and `npx agora-graph COMMAND …`. Exit codes: 0 all is well, 1 something was found, 2 it could not be done.
// Whoever reads the beginning only, as `head` does, has had enough: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
})

const [name = 'help', ...args] = process.argv.slice(2)

if (isCommand(name)) await run(name)
else if (name === 'help' || name === '--help' || name === '-h') process.stdout.write(HELP)
else fail(`expected one of ${Object.keys(COMMANDS).join(', ')}, got ${name}`)

async function run(command: CommandName): Promise<void> {
  try {
    process.exitCode = (await COMMANDS[command].run(args)) ? 0 : 1
  } catch (error) {
    if (!isForPeople(error)) throw error
    fail(error.message)
  }
}

function isCommand(text: string): text is CommandName {
  return Object.hasOwn(COMMANDS, text)
}

function fail(message: string): void {
  process.stderr.write(`graph: ${message}\n`)
  process.exitCode = 2
}

// parseArgs explains wrong arguments itself, well.
function isForPeople(error: unknown): error is Error {
  return (
    error instanceof GraphError ||
    (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
  )
}
