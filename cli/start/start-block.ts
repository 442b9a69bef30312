import { SUBGRAPHS } from '#platform/runtime/names.ts'
import type { BackingServices } from './backing-services.ts'
import type { ShopUrls } from './plan.ts'

/** What the start block tells. */
export type StartFacts = {
  urls: ShopUrls
  backing: BackingServices
  dataDir: string
  /** Which pages the router shows. */
  pages: { graphiql: boolean; sandbox: boolean }
  isSeeded: boolean
}

const ACCOUNTS = ['demo@ecommerce.com   DemoPass123!', 'admin@ecommerce.com  AdminPass123!   (ADMIN)']

/** Everything one needs to know to use the shop that just started. */
export function startBlock({ urls, backing, dataDir, pages, isSeeded }: StartFacts): string {
  const lines: [string, string][] = [
    ['Graph', urls.router],
    ['WebSocket', urls.ws],
    ...(pages.graphiql ? [line('GraphiQL', `${new URL('/graphiql', urls.router).href} (in a browser)`)] : []),
    ...(pages.sandbox ? [line('Sandbox', `${new URL('/', urls.router).href} (Apollo's, needs the internet)`)] : []),
    ...(isSeeded ? ACCOUNTS.map((account, index) => line(index === 0 ? 'Accounts' : '', account)) : []),
    ['Subgraphs', SUBGRAPHS.map((name) => `${name} :${new URL(urls.subgraphs[name]).port}`).join(' · ')],
    ['Cards', `${urls.sandbox} (sandbox provider: nothing is really charged)`],
    ['PostgreSQL', backing.postgres.note],
    ['Redis', backing.redis.note],
    ['Keys', `in ${dataDir}`],
  ]
  const body = lines.map(([label, text]) => `  ${label.padEnd(11)} ${text}`).join('\n')
  return `\nAgora is ready.\n\n${body}\n\n  Ctrl-C stops all of it.\n\n`
}

const line = (label: string, text: string): [string, string] => [label, text]
