import { createServer } from 'node:net'

/** A port that nobody listened on a moment ago, on `host`. Somebody else may take it first: be ready to ask again. */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  const port = await tryToListen(0, host)
  if (typeof port !== 'number') throw port
  return port
}

/** The first port from `first` on that nobody listens on, leaving out `taken`. */
export async function nextFreePort(first: number, taken: ReadonlySet<number> = new Set()): Promise<number> {
  for (let port = first; port <= 65_535; port++) {
    if (!taken.has(port) && (await isPortFree(port))) return port
  }
  throw new Error(`expected a free port from ${first} on, there is none`)
}

/** Whether one could listen on `port` now. */
export const isPortFree = async (port: number, host = '127.0.0.1'): Promise<boolean> =>
  typeof (await tryToListen(port, host)) === 'number'

/** Listens for a moment; the port, or the error that kept it from listening. */
function tryToListen(port: number, host: string): Promise<number | Error> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', resolve)
    server.listen(port, host, () => {
      const address = server.address()
      const listened = typeof address === 'object' && address !== null ? address.port : port
      server.close(() => resolve(listened))
    })
  })
}
