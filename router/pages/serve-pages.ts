import { fileURLToPath } from 'node:url'
import type { Config } from '#platform/runtime/config.ts'
import { ConfigError } from '#platform/runtime/config.ts'
import type { HttpHandler } from '#platform/runtime/http.ts'
import type { Logger } from '#platform/runtime/logger.ts'
import { shownPages } from '../options/pages.ts'
import type { RouterOptions } from '../options/router-options.ts'
import { answerPage } from './answer-page.ts'
import { readBuiltSite } from './built-site.ts'
import { sandboxPage } from './sandbox-page.ts'

/** What `npm run pages` builds. */
export const GRAPHIQL_FOLDER = fileURLToPath(new URL('../../web/dist/graphiql', import.meta.url))

/** The pages for people: handlers by path, and a way from `/graphql` to them. */
export type Pages = {
  paths: Record<string, HttpHandler>
  /** A browser that opens the graph's own address lands on a page; every other request goes to `handle`. */
  orPage(handle: HttpHandler): HttpHandler
}

/**
 * GraphiQL at `/graphiql`, Apollo Sandbox at `/`, as the options have it. Throws {@link ConfigError} where GraphiQL was asked
 * for and is not built; where it is merely the default, a log line says so.
 */
export async function servePages({
  config,
  options,
  log,
  graphiqlFolder = GRAPHIQL_FOLDER,
}: {
  config: Config
  options: RouterOptions
  log: Logger
  graphiqlFolder?: string
}): Promise<Pages> {
  const shown = shownPages(options.pages, config)
  const graphiql = shown.graphiql ? await readBuiltSite(graphiqlFolder, GRAPHIQL) : {}
  if (graphiql === undefined) {
    const message = `GraphiQL is not built: \`npm run pages\` builds it into ${graphiqlFolder}`
    if (options.pages.graphiql === true) throw new ConfigError(`router options: pages.graphiql: ${message}`)
    log.warn(message)
  }
  const hasGraphiql = graphiql?.['/graphiql'] !== undefined
  const paths = { ...graphiql, ...frontPage({ hasSandbox: shown.sandbox, hasGraphiql }) }
  return { paths, orPage: (handle) => (paths['/'] === undefined ? handle : toPageFirst(handle)) }
}

// Monaco, GraphiQL's editor, sets styles while it runs and draws with `data:` images and fonts. Scripts, workers and requests
// are held to this origin; 'self' covers the WebSocket.
const GRAPHIQL = {
  path: '/graphiql',
  headers: {
    'content-security-policy': [
      "default-src 'none'",
      "script-src 'self'",
      "worker-src 'self'",
      "style-src 'self' 'unsafe-inline'",
      "font-src 'self' data:",
      "img-src 'self' data:",
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
  },
}

function frontPage({
  hasSandbox,
  hasGraphiql,
}: {
  hasSandbox: boolean
  hasGraphiql: boolean
}): Record<string, HttpHandler> {
  if (hasSandbox) {
    const { html, headers } = sandboxPage({ hasGraphiql })
    return { '/': answerPage(html, headers) }
  }
  return hasGraphiql ? { '/': redirectTo('/graphiql') } : {}
}

const toPageFirst =
  (handle: HttpHandler): HttpHandler =>
  (request, response) => {
    const isPageView = request.method === 'GET' && request.url === '/graphql' && isBrowser(request.headers.accept)
    return isPageView ? redirectTo('/')(request, response) : handle(request, response)
  }

// Only a browser's address bar asks for HTML by name.
const isBrowser = (accept = ''): boolean => accept.includes('text/html')

const redirectTo =
  (location: string): HttpHandler =>
  (_request, response) =>
    void response.writeHead(302, { location, 'cache-control': 'no-store' }).end()
