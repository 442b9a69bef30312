import { hash, verify } from '@node-rs/argon2'

// OWASP Password Storage Cheat Sheet: argon2id, 19 MiB, two passes, one lane.
const ARGON2ID = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** Hashes and compares passwords with argon2id; both take some 20 ms of another thread. */
export type Passwords = {
  hash(password: string): Promise<string>
  /** Where there is no account (null) it takes as long, so that nobody learns which addresses have one. */
  matches(hash: string | null, password: string): Promise<boolean>
}

/** Makes the hash that unknown accounts are compared with. */
export async function createPasswords(): Promise<Passwords> {
  const decoy = await hash(crypto.randomUUID(), ARGON2ID)
  return {
    hash: (password) => hash(password, ARGON2ID),
    matches: async (held, password) => (await verify(held ?? decoy, password)) && held !== null,
  }
}
