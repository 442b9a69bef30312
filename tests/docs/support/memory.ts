import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { CUSTOMER } from '../../../cli/seed/accounts.ts'
import { postGraphQL } from '../../support/client.ts'
import { createActors } from './example-values.ts'
import { type Block, placeOf } from './pages.ts'

/** What a reader of one page knows: who they are, and what its answers gave. */
export type Memory = {
  /** The value of `${name}`: what an answer of the page gave, else that of examples/operations. */
  valueOf(name: string): Promise<string | number>
  /** The access token of `as=…`; undefined for a guest. */
  tokenOf(who: string): Promise<string | undefined>
  /** Keeps what a block names: `cartId=addToCart.cart.id` is what the answer's data have there. */
  keep(block: Block, data: unknown): void
  /** All that was kept, for a shell's environment. */
  kept(): Record<string, string>
}

const SETTINGS_OF_OURS: ReadonlySet<string> = new Set(['as'])

/** A {@link Memory} of nothing yet, in the shop whose router is at `url`. */
export function createMemory(url: string): Memory {
  const actors = createActors(url)
  const known = new Map<string, string | number>()
  const signedIn = new Map<string, Promise<string | undefined>>()
  const signIn = async (who: string): Promise<string | undefined> => {
    if (who === 'demo') return sessionOf(url, LOGIN, { email: CUSTOMER.email, password: CUSTOMER.password })
    if (who === 'shopper') return sessionOf(url, REGISTER, { ...SHOPPER, email: `${randomUUID()}@example.com` })
    return actors.tokenOf(z.enum(['guest', 'customer', 'admin']).parse(who))
  }
  return {
    valueOf: async (name) => known.get(name) ?? actors.valueOf(name),
    tokenOf: async (who) => {
      const token = known.get(who)
      if (token !== undefined) return String(token)
      const signingIn = signedIn.get(who) ?? signIn(who)
      signedIn.set(who, signingIn)
      return signingIn
    },
    keep: (block, data) => {
      for (const [name, path] of block.settings) if (!SETTINGS_OF_OURS.has(name)) known.set(name, at(data, path, block))
    },
    kept: () => Object.fromEntries([...known].map(([name, value]) => [name, String(value)])),
  }
}

/** What is at a path such as `checkout.order.id`. Throws where that is no text and no number. */
function at(data: unknown, path: string, block: Block): string | number {
  const value = path
    .split('.')
    .reduce<unknown>((found, key) => (found as Record<string, unknown> | null | undefined)?.[key], data)
  assert.ok(typeof value === 'string' || typeof value === 'number', `${placeOf(block)}: ${path} is ${String(value)}`)
  return value
}

const SHOPPER = { password: 'correct horse battery', name: 'Ada Lovelace' }
const LOGIN = 'mutation ($input: LoginInput!) { made: login(input: $input) { session { accessToken } } }'
const REGISTER = 'mutation ($input: RegisterInput!) { made: register(input: $input) { session { accessToken } } }'

async function sessionOf(url: string, document: string, input: object): Promise<string> {
  const { data } = await postGraphQL(url, { document, variables: { input } })
  return data.made.session.accessToken
}
