import { COMMANDS } from '../../../cli/graph/commands.ts'
import type { GraphRun } from './graph-commands.ts'

// Runs each `graph` command of its argument, a JSON array, and prints what each printed.
const commands = JSON.parse(process.argv[2] ?? '') as string[][]
const write = process.stdout.write.bind(process.stdout)
const runs: GraphRun[] = []
for (const [name = '', ...args] of commands) {
  let output = ''
  process.stdout.write = (text: string | Uint8Array) => ((output += String(text)), true)
  try {
    const isWell = await COMMANDS[name as keyof typeof COMMANDS].run(args)
    runs.push({ output, exitCode: isWell ? 0 : 1 })
  } catch (error) {
    runs.push({ output: String(error), exitCode: 2 })
  }
}
write(JSON.stringify(runs))
