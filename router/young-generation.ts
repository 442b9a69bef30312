import { totalmem } from 'node:os'

type Environment = Readonly<Record<string, string | undefined>>

const GIGABYTE = 2 ** 30
// By the memory there is for a process, as what is young takes up to three times as much.
const SIZES = [
  { fromBytes: 4 * GIGABYTE, megabytes: 128 },
  { fromBytes: 2 * GIGABYTE, megabytes: 64 },
]
const FLAG = 'semi-space-size'

/**
 * Flags of Node for a router's process, which give what is young more room than V8 does by itself. Under load a router
 * holds the answers of dozens of requests: what outlasts a collection is copied twice and cleared away slowly, and that was
 * a seventh of the CPU of a heavy query. None where memory is short, or `NODE_OPTIONS` say how much room there is.
 */
export function youngGenerationFlags(env: Environment, memoryBytes = memoryOfEach(env)): string[] {
  const { NODE_OPTIONS: given } = env
  if (given?.includes(FLAG)) return []
  const size = SIZES.find(({ fromBytes }) => memoryBytes >= fromBytes)
  return size === undefined ? [] : [`--min-${FLAG}=${size.megabytes}`, `--max-${FLAG}=${size.megabytes}`]
}

/**
 * Begins this program again with {@link youngGenerationFlags}, in the same process: V8 takes them only at its start. Does
 * nothing where it has them, where the system can't (Windows), and where a parent listens, whose channel would be lost:
 * that parent gives the flags. For executables only, before anything else.
 */
export function restartWithYoungGeneration(env: NodeJS.ProcessEnv): void {
  const { execArgv, execPath, argv, channel } = process
  const flags = youngGenerationFlags(env)
  const hasThem = execArgv.some((flag) => flag.includes(FLAG))
  if (flags.length === 0 || hasThem || channel !== undefined || process.execve === undefined) return
  process.execve(execPath, [execPath, ...flags, ...execArgv, ...argv.slice(1)], env)
}

/** The memory of the machine or the container, for each of the workers. */
function memoryOfEach(env: Environment): number {
  // Zero where nothing constrains it.
  const memory = Math.min(process.constrainedMemory() || Number.POSITIVE_INFINITY, totalmem())
  return memory / Math.max(1, Number(env['CLUSTER']) || 1)
}
