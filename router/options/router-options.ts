import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { messageOf } from '#platform/kernel/errors.ts'
import { type Config, ConfigError } from '#platform/runtime/config.ts'
import { authentication } from './authentication.ts'
import { authorization } from './authorization.ts'
import { caching } from './caching.ts'
import { clientAddress } from './client-address.ts'
import { cors } from './cors.ts'
import { headers } from './headers.ts'
import { limits } from './limits.ts'
import { overrides } from './overrides.ts'
import { pages } from './pages.ts'
import { persistedDocuments } from './persisted-documents.ts'
import { rateLimit } from './rate-limit.ts'
import { security } from './security.ts'
import { sharing } from './sharing.ts'
import { shutdown } from './shutdown.ts'
import { subgraphs } from './subgraphs.ts'
import { subscriptions } from './subscriptions.ts'
import { usage } from './usage.ts'

// A topic each, in a file of its own; to add one is to name it here.
const sections = {
  authentication,
  authorization,
  caching,
  clientAddress,
  cors,
  headers,
  limits,
  overrides,
  pages,
  persistedDocuments,
  rateLimit,
  security,
  sharing,
  shutdown,
  subgraphs,
  subscriptions,
  usage,
}

type Sections = typeof sections

/** Everything that can be set about the router, complete. */
export type RouterOptions = { readonly [Name in keyof Sections]: z.output<Sections[Name]['schema']> }

/** What a `router.config.ts` may say: what it leaves out has its default. */
export type RouterOptionsInput = { readonly [Name in keyof Sections]?: z.input<Sections[Name]['schema']> }

/** For a `router.config.ts`: `export default defineRouter({ … })`, checked by the editor. */
export const defineRouter = (options: RouterOptionsInput): RouterOptionsInput => options

/**
 * The router's options: `given`, else those of the file that `ROUTER_CONFIG` names, else defaults; what the environment
 * names wins. Throws {@link ConfigError}, which names the option, what it holds and what was expected.
 */
export async function readRouterOptions(config: Config, given?: RouterOptionsInput): Promise<RouterOptions> {
  const said = given ?? (config.ROUTER_CONFIG === undefined ? {} : await load(config.ROUTER_CONFIG))
  const unknown = Object.keys(said).find((name) => !Object.hasOwn(sections, name))
  if (unknown !== undefined)
    throw new ConfigError(`router options: ${unknown} is none: expected ${Object.keys(sections).join(', ')}`)
  const entries = Object.entries(sections).map(([name, { schema, fromEnvironment }]) => {
    const environment = Object.entries(fromEnvironment(config)).filter(([, value]) => value !== undefined)
    const wanted = { ...said[name as keyof Sections], ...Object.fromEntries(environment) }
    return [name, parse(name, schema, wanted)]
  })
  return Object.fromEntries(entries) as RouterOptions
}

async function load(file: string): Promise<RouterOptionsInput> {
  try {
    const module: unknown = await import(pathToFileURL(resolve(file)).href)
    return z.object({ default: z.record(z.string(), z.unknown()) }).parse(module).default
  } catch (error) {
    const reason = error instanceof z.ZodError ? 'expected `export default defineRouter({ … })`' : messageOf(error)
    throw new ConfigError(`ROUTER_CONFIG: ${file} can't be read: ${reason}`, { cause: error })
  }
}

function parse(name: string, schema: z.ZodType, value: unknown): unknown {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new ConfigError(`router options: ${[name, ...(issue?.path ?? [])].join('.')}: ${issue?.message}`)
}
