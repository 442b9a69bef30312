import { existsSync } from 'node:fs'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { completeKeys, type GeneratedKeys, generateKeys } from '#platform/auth/generate-keys.ts'
import { ConfigError } from '#platform/runtime/config.ts'

/** The file in `dataDir` that holds the keys of its shop. */
export const keysFile = (dataDir: string): string => join(dataDir, 'keys.json')

const stored = z.object({ tokenSigningKey: z.string(), serviceKeys: z.record(z.string(), z.string()) })

/**
 * The keys of the shop in `dataDir`: made at its first start and kept, so that sessions outlive a restart. A subgraph that came
 * later gets one of its own.
 */
export async function keysIn(dataDir: string): Promise<GeneratedKeys> {
  const file = keysFile(dataDir)
  if (!existsSync(file)) return store(file, generateKeys())
  const text = await readFile(file, 'utf8')
  const keys = complete(text, file)
  return JSON.stringify(keys) === text ? keys : store(file, keys)
}

function complete(text: string, file: string): GeneratedKeys {
  try {
    return completeKeys(stored.parse(JSON.parse(text)))
  } catch (cause) {
    throw new ConfigError(`${file} can't be read as keys: remove it for new ones, and everybody has to log in again`, {
      cause,
    })
  }
}

async function store(file: string, keys: GeneratedKeys): Promise<GeneratedKeys> {
  // Moved to its place when complete: a kill in between must not leave half a key.
  await writeFile(`${file}.new`, JSON.stringify(keys), { mode: 0o600 })
  await rename(`${file}.new`, file)
  return keys
}
