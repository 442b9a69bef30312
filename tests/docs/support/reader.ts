import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { getOperationAST, parse } from 'graphql'
import { z } from 'zod'
import { CUSTOMER } from '../../../cli/seed/accounts.ts'
import type { Shop } from '../../../cli/start/one-process.ts'
import { type Answer, postGraphQL, subscribeGraphQL } from '../../support/client.ts'
import { createActors, filledIn } from './example-values.ts'
import { difference } from './matches.ts'
import { placeOf } from './pages.ts'
import { runShell } from './shell.ts'
import { jsonOf, type Step } from './steps.ts'

/**
 * Somebody who does what one page says, step by step, and remembers what the answers gave: `cartId=addToCart.cart.id` in an
 * info-string is `${cartId}` from then on. Values that no page gives are those of examples/operations.
 */
export type Reader = {
  /** Sends the operation of a `graphql` step and holds the answer to the page. */
  ask(step: Step): Promise<void>
  /** Runs a `sh` step and holds what it prints to the page. */
  run(step: Step): Promise<void>
}

const SETTINGS_OF_OURS: ReadonlySet<string> = new Set(['as'])

/** A new {@link Reader} of a page beside a running shop. */
export function createReader(shop: Shop): Reader {
  const url = shop.urls.router
  const actors = createActors(url)
  const known = new Map<string, string | number>()
  const valueOf = async (name: string) => known.get(name) ?? actors.valueOf(name)

  const tokens = new Map<string, Promise<string | undefined>>()
  const tokenOf = (who: string): Promise<string | undefined> => {
    const token = tokens.get(who) ?? signIn(who)
    tokens.set(who, token)
    return token
  }
  const signIn = async (who: string): Promise<string | undefined> => {
    const remembered = known.get(who)
    if (remembered !== undefined) return String(remembered)
    if (who === 'demo') return login(url, CUSTOMER)
    if (who === 'shopper') return register(url)
    return actors.tokenOf(z.enum(['guest', 'customer', 'admin']).parse(who))
  }
  const remember = ({ block }: Step, data: unknown) => {
    for (const [name, path] of block.settings) {
      if (SETTINGS_OF_OURS.has(name)) continue
      const value = at(data, path)
      assert.ok(
        typeof value === 'string' || typeof value === 'number',
        `${placeOf(block)}: ${path} is ${String(value)}`,
      )
      known.set(name, value)
      tokens.delete(name)
    }
  }
  return {
    ask: async (step) => {
      const { block } = step
      const filled = <Value extends z.core.util.JSONType>(value: Value) => filledIn(value, valueOf)
      const json = z.record(z.string(), z.json())
      const operation = {
        document: await filled(block.text),
        variables: await filled(step.variables ? json.parse(jsonOf(step.variables)) : {}),
        headers: z
          .record(z.string(), z.string())
          .parse(step.headers ? await filled(json.parse(jsonOf(step.headers))) : {}),
        token: await tokenOf(block.settings.get('as') ?? 'guest'),
      }
      const { data, errors, extensions } = await answerTo(url, operation)
      hold(step, { data, ...(errors && { errors }), ...(extensions && { extensions }) })
      remember(step, data)
    },
    run: async (step) => {
      const values = Object.fromEntries([...known].map(([name, value]) => [name, String(value)]))
      const isEndless = step.block.flags.includes('follow')
      const printed = await runShell(step.block, { url, env: { ...shop.env, ...values }, isEndless })
      if (step.answer === undefined && !printed.startsWith('{')) return
      const answer = JSON.parse(printed) as Partial<Answer>
      hold(step, answer)
      remember(step, at(answer, 'data'))
    },
  }
}

async function answerTo(url: string, operation: Parameters<typeof postGraphQL>[1]): Promise<Answer> {
  if (getOperationAST(parse(operation.document))?.operation !== 'subscription') return postGraphQL(url, operation)
  const events = subscribeGraphQL(url, operation)
  try {
    return (await events.next()).value as Answer
  } finally {
    await events.return?.()
  }
}

/** What a page does not show is expected to go well. */
function hold({ block, answer }: Step, actual: Partial<Answer>): void {
  const all = JSON.stringify(actual, null, 2)
  if (answer !== undefined) {
    const found = difference(jsonOf(answer), actual)
    assert.equal(found, undefined, `${placeOf(answer)}: ${found}\n${all}`)
    return
  }
  assert.equal(actual.errors, undefined, `${placeOf(block)}: ${all}`)
  for (const [field, value] of Object.entries<{ userErrors?: unknown[] } | null>(actual.data))
    assert.deepEqual(value?.userErrors ?? [], [], `${placeOf(block)}: ${field}`)
}

const at = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((found, key) => (found as Record<string, unknown> | null)?.[key], value)

const LOGIN = 'mutation ($input: LoginInput!) { login(input: $input) { session { accessToken } } }'
const REGISTER = 'mutation ($input: RegisterInput!) { register(input: $input) { session { accessToken } } }'

async function login(url: string, { email, password }: { email: string; password: string }): Promise<string> {
  const { data } = await postGraphQL(url, { document: LOGIN, variables: { input: { email, password } } })
  return data.login.session.accessToken
}

async function register(url: string): Promise<string> {
  const input = { email: `${randomUUID()}@example.com`, password: 'correct horse battery', name: 'Ada Lovelace' }
  const { data } = await postGraphQL(url, { document: REGISTER, variables: { input } })
  return data.register.session.accessToken
}
