import { readFile } from 'node:fs/promises'
import { readConfig } from '#platform/runtime/config.ts'
import { createLogger } from '#platform/runtime/logger.ts'
import { SUBGRAPHS } from '#platform/runtime/names.ts'
import { startRouter } from '../../router/start-router.ts'
import { type Answer, type Operation, postGraphQL, subscribeGraphQL } from './client.ts'
import { type ShopBooks, shopBooks } from './invariants.ts'
import { startTestShop, type TestShop } from './shop.ts'
import type { TestViewer } from './viewers.ts'

/** Who asks the router: a viewer made by the test, or the access token of somebody who signed in. */
export type Asker = TestViewer | { token: string }

/** Six subgraphs, the sandbox provider and the router in this process, over real HTTP and WebSocket. */
export type WholeShop = TestShop & {
  /** Where the router answers. */
  url: string
  /** Sends an operation through the router. */
  ask(document: string, variables?: object, asker?: Asker, more?: Pick<Operation, 'headers'>): Promise<Answer>
  /** Subscribes through the router; `return()` leaves. */
  watch(
    document: string,
    variables?: object,
    asker?: Asker,
    more?: Pick<Operation, 'headers'>,
  ): AsyncIterableIterator<Answer>
  /** Gives the router another supergraph; whether it serves it. */
  reload(supergraphSdl: string): Promise<boolean>
  /** What databases and provider say, for the invariants. */
  books: ShopBooks
}

const SUPERGRAPH = new URL('../../schema/supergraph.graphql', import.meta.url)

/** Starts the whole shop; call `stop` in `after`. `env` overrides the environment of all parts. */
export async function startWholeShop(env: Record<string, string> = {}): Promise<WholeShop> {
  const shop = await startTestShop({ subgraphs: SUBGRAPHS, sandbox: true, env })
  try {
    return await withRouter(shop)
  } catch (error) {
    await shop.stop()
    throw error
  }
}

async function withRouter(shop: TestShop): Promise<WholeShop> {
  const destination = { write: (line: string) => void shop.logs.push(line) }
  const router = await startRouter({
    config: readConfig(shop.env),
    supergraphSdl: await readFile(SUPERGRAPH, 'utf8'),
    log: createLogger({ service: 'router', level: 'debug', destination }),
    host: '127.0.0.1',
    port: 0,
  })
  const books = shopBooks({ postgresUrl: shop.env['POSTGRES_URL'] ?? '', sandboxUrl: shop.sandbox.url })
  const stopParts = shop.stop
  const parts: Omit<WholeShop, keyof TestShop> & Pick<WholeShop, 'stop'> = {
    url: router.url,
    reload: router.reload,
    books,
    ask: (document, variables = {}, asker = shop.guest, more = {}) =>
      postGraphQL(router.url, { ...more, document, variables, token: tokenOf(asker) }),
    watch: (document, variables = {}, asker = shop.guest, more = {}) =>
      subscribeGraphQL(router.url, { ...more, document, variables, token: tokenOf(asker) }),
    stop: async () => {
      await router.stop()
      await stopParts()
    },
  }
  // Not spread: `sandbox` of the shop is a getter.
  return Object.assign(shop, parts)
}

// The router has no audience of its own: people's tokens are the same everywhere.
const tokenOf = (asker: Asker): string | undefined => ('token' in asker ? asker.token : asker.tokenFor('users'))
