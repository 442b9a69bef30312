import { after, type TestContext } from 'node:test'
import { type ConfigWith, readConfig } from '#platform/runtime/config.ts'
import { createLogger } from '#platform/runtime/logger.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/server.ts'
import { freshDatabasePrefix } from '../support/backing.ts'

/** An answer of the sandbox, its JSON as it came. */
export type Reply = { status: number; headers: Headers; body: Body }

/** Whatever may stand in an answer, for assertions to look into. */
export type Body = {
  id?: string
  object?: string
  status?: string
  amount?: number
  amount_captured?: number
  amount_refunded?: number
  currency?: string
  created?: number
  card?: object
  metadata?: Record<string, string>
  missing?: Record<string, string>
  next_action?: { redirect_to_url: { url: string } } | null
  last_payment_error?: object | null
  error?: {
    type?: string
    code?: string
    decline_code?: string
    param?: string
    message?: string
    payment_intent?: Body
  }
  data?: Body[]
  intents?: Body[]
  charges?: Body[]
  refunds?: Body[]
}

/** Whatever the sandbox logged, one line each. */
export type Lines = string[]

/** The POSTGRES_URL of one test file, its databases gone when its tests are over. */
export async function usePostgres(): Promise<string> {
  const databases = await freshDatabasePrefix()
  after(() => databases.drop())
  return databases.postgresUrl
}

/** The configuration of a sandbox on a free port. */
export const sandboxConfig = (postgresUrl: string, more: Record<string, string> = {}): ConfigWith<'POSTGRES_URL'> =>
  readConfig({ NODE_ENV: 'test', LOG_LEVEL: 'info', POSTGRES_URL: postgresUrl, ...more }, ['POSTGRES_URL'])

/** Starts a sandbox for one test; it is stopped when the test ends. */
export async function sandboxFor(
  t: TestContext,
  postgresUrl: string,
  options: { env?: Record<string, string>; lines?: Lines; port?: number } = {},
): Promise<Sandbox> {
  const lines = options.lines ?? []
  const log = createLogger({
    service: 'sandbox',
    level: 'trace',
    destination: { write: (line) => void lines.push(line) },
  })
  const start: SandboxOptions = { config: sandboxConfig(postgresUrl, options.env), log }
  const sandbox = await startSandbox(options.port === undefined ? start : { ...start, port: options.port })
  t.after(() => sandbox.stop())
  return sandbox
}

/** Sends a GET. */
export const get = (sandbox: { url: string }, path: string): Promise<Reply> =>
  send(`${sandbox.url}${path}`, { method: 'GET' })

/** Sends a POST; a key of its own unless one is given, none for null. */
export function post(
  sandbox: { url: string },
  path: string,
  body: unknown,
  key: string | null = crypto.randomUUID(),
): Promise<Reply> {
  const headers: Record<string, string> = { 'content-type': 'application/json' }
  if (key !== null) headers['idempotency-key'] = key
  return send(`${sandbox.url}${path}`, {
    method: 'POST',
    headers,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
}

/** The body of a charge of 25.00 USD, with a payment id of its own. */
export const charge = (more: Record<string, unknown> = {}) => ({
  amount: 2_500,
  currency: 'usd',
  payment_method: 'pm_card_visa',
  confirm: true,
  metadata: { payment_id: crypto.randomUUID(), order_id: crypto.randomUUID() },
  ...more,
})

/** The provider's books about one charge. */
export const ledgerOf = async (sandbox: { url: string }, body: { metadata: { payment_id: string } }): Promise<Body> =>
  (await get(sandbox, `/test/ledger?payment_id=${body.metadata.payment_id}`)).body

/** Presses a button of the 3-D Secure page, without following where it leads. */
export const press = (
  url: string,
  button: 'approve' | 'fail',
  headers: Record<string, string> = {},
): Promise<Response> => fetch(`${url}/${button}`, { method: 'POST', redirect: 'manual', headers })

async function send(url: string, init: RequestInit): Promise<Reply> {
  const response = await fetch(url, init)
  return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) }
}
