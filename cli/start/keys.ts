import { existsSync } from 'node:fs'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { type GeneratedKeys, generateKeys } from '#platform/auth/generate-keys.ts'
import { ConfigError } from '#platform/runtime/config.ts'
import { SUBGRAPHS } from '#platform/runtime/names.ts'

/** The file in `dataDir` that holds the keys of its shop. */
export const keysFile = (dataDir: string): string => join(dataDir, 'keys.json')

const stored = z.object({
  tokenSigningKey: z.string(),
  serviceKeys: z.record(z.enum(SUBGRAPHS), z.string()),
  serviceJwks: z.string(),
})

/** The keys of the shop in `dataDir`: made at its first start and kept, so that sessions outlive a restart. */
export async function keysIn(dataDir: string): Promise<GeneratedKeys> {
  const file = keysFile(dataDir)
  if (!existsSync(file)) await store(file, generateKeys())
  try {
    return stored.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (cause) {
    throw new ConfigError(`${file} can't be read as keys: remove it for new ones, and everybody has to log in again`, {
      cause,
    })
  }
}

async function store(file: string, keys: GeneratedKeys): Promise<void> {
  // Moved to its place when complete: a kill in between must not leave half a key.
  await writeFile(`${file}.new`, JSON.stringify(keys), { mode: 0o600 })
  await rename(`${file}.new`, file)
}
