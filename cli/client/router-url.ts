import type { Config } from '#platform/runtime/config.ts'

const DEFAULT_PORT = 4000
const EVERYWHERE = new Set(['0.0.0.0', '::'])

/** Where this machine reaches the router that `npm start` brings up with the same HOST and PORT. */
export function routerUrl({ HOST, PORT }: Pick<Config, 'HOST' | 'PORT'>): string {
  const host = EVERYWHERE.has(HOST) ? '127.0.0.1' : HOST
  return `http://${host.includes(':') ? `[${host}]` : host}:${PORT ?? DEFAULT_PORT}/graphql`
}
