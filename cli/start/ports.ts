import { createServer } from 'node:net'
import { freePort, nextFreePort } from '#platform/embedded/free-port.ts'
import { PortTakenError } from '#platform/runtime/http.ts'
import { type SubgraphName, SUBGRAPHS } from '#platform/runtime/names.ts'

/** Who listens where. */
export type ShopPorts = { router: number; subgraphs: Record<SubgraphName, number>; sandbox: number }

/**
 * The router's port as asked for (0: any), and the next free ones after it for the subgraphs, in their order, and the sandbox
 * provider. Throws {@link PortTakenError} where the router's can't be had.
 */
export async function choosePorts(asked: { host: string; port: number }): Promise<ShopPorts> {
  const router = asked.port === 0 ? await freePort(asked.host) : asked.port
  if (asked.port !== 0) await assertFree(asked)
  const taken = new Set([router])
  const next = async () => {
    // Near the end of the range there may be none left: any other will do, the start block names it.
    const port = await nextFreePort(router + 1, taken).catch(() => freePort())
    taken.add(port)
    return port
  }
  const subgraphs: Partial<Record<SubgraphName, number>> = {}
  for (const name of SUBGRAPHS) subgraphs[name] = await next()
  return { router, subgraphs: subgraphs as Record<SubgraphName, number>, sandbox: await next() }
}

async function assertFree({ host, port }: { host: string; port: number }): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const server = createServer()
  server.once('error', (error: NodeJS.ErrnoException) => reject(new PortTakenError(reasonOf(error, host, port))))
  server.listen(port, host, () => server.close(() => resolve()))
  await promise
}

function reasonOf(error: NodeJS.ErrnoException, host: string, port: number): string {
  if (error.code === 'EADDRINUSE')
    return `port ${port} on ${host} is taken by another program: end it, or choose another port with PORT`
  if (error.code === 'EACCES') return `port ${port} may not be used by you: choose one above 1023 with PORT`
  return `HOST=${host} and PORT=${port} can't be listened on: ${error.message}`
}
