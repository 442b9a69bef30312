import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

// Below the range that systems take the ports of outgoing connections from (32768 and up, at the lowest): there, a port that
// is free now may be some client's own the moment after.
// And above 10080, the highest of the ports that no browser and no `fetch` will speak to.
const LOWEST = 10_081
const HIGHEST = 32_000
const ATTEMPTS = 100

/** A port that nobody listened on a moment ago, on `host`. Somebody else may take it first: be ready to ask again. */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = randomInt(LOWEST, HIGHEST)
    if (await isPortFree(port, host)) return port
  }
  throw new Error(`expected a free port between ${LOWEST} and ${HIGHEST}, ${ATTEMPTS} in a row were taken`)
}

/** The first port from `first` on that nobody listens on, leaving out `taken`. */
export async function nextFreePort(first: number, taken: ReadonlySet<number> = new Set()): Promise<number> {
  for (let port = first; port <= 65_535; port++) {
    if (!taken.has(port) && (await isPortFree(port))) return port
  }
  throw new Error(`expected a free port from ${first} on, there is none`)
}

/** Whether one could listen on `port` now. */
export function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, host, () => server.close(() => resolve(true)))
  })
}
