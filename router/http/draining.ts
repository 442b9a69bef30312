import type { ServerResponse } from 'node:http'
import type { HttpHandler } from '#platform/runtime/http.ts'

/** Knows which answers are under way. */
export type Draining = {
  /** The same handler, whose answers are known here. */
  watch(handle: HttpHandler): HttpHandler
  /** From now on every answer closes its connection, so that kept-alive ones don't hold the stop up. */
  start(): void
}

/** A new {@link Draining}. */
export function createDraining(): Draining {
  const underWay = new Set<ServerResponse>()
  let isDraining = false
  return {
    watch: (handle) => (request, response) => {
      underWay.add(response)
      response.once('close', () => underWay.delete(response))
      response.shouldKeepAlive &&= !isDraining
      return handle(request, response)
    },
    start: () => {
      isDraining = true
      for (const response of underWay) response.shouldKeepAlive = false
    },
  }
}
