import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { HIVE_FOLDER } from './contenders.ts'

const TIMEOUT_MS = 10 * 60_000
const MAX_OUTPUT_BYTES = 10_000_000

/** Installs Hive Gateway from npm where it isn't yet. Null, or why it can't be. */
export async function installHive(say: (line: string) => void): Promise<string | null> {
  if (existsSync(join(HIVE_FOLDER, 'node_modules', '.package-lock.json'))) return null
  say('installing Hive Gateway from npm, once (half a gigabyte; its packages stay in bench/router/contenders/hive) …')
  try {
    await promisify(execFile)('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: HIVE_FOLDER,
      timeout: TIMEOUT_MS,
      maxBuffer: MAX_OUTPUT_BYTES,
      // npm is a script there, which only a shell runs.
      shell: process.platform === 'win32',
    })
    return null
  } catch (error) {
    return reasonOf(error)
  }
}

const reasonOf = (error: unknown): string => {
  const text = error instanceof Error ? error.message : String(error)
  const lines = text.split('\n').filter((line) => line.startsWith('npm error'))
  return `it can't be installed: ${lines[0] ?? text.split('\n', 1)[0]}`
}
