import { messageOf } from '#platform/kernel/errors.ts'
import { answerJson, type HttpHandler } from '#platform/runtime/http.ts'
import type { Running } from '#platform/runtime/lifecycle.ts'
import type { Logger } from '#platform/runtime/logger.ts'
import type { SubgraphAddress } from './supergraph/load-supergraph.ts'

/** Whether the router can serve. */
export type RouterReadiness = Running & {
  /** `/ready`. */
  answer: HttpHandler
  /** From now on 503: no new work should come here. */
  drain(): void
}

// Quick while everything starts, so that nobody waits for the poll; light after that.
const STARTING_INTERVAL_MS = 250
const STEADY_INTERVAL_MS = 2_000
const TIMEOUT_MS = 2_000

/**
 * Turns ready when every subgraph was ready once. A subgraph that is lost after that is named in the body, and the router
 * stays ready: the rest of the graph still answers. `servedBefore`: it waits for none.
 */
export function watchSubgraphs(
  subgraphs: readonly SubgraphAddress[],
  log: Logger,
  { servedBefore = false }: { servedBefore?: boolean } = {},
): RouterReadiness {
  const names = servedBefore ? [] : subgraphs.map(({ name }) => name)
  const missing = new Map(names.map((name) => [name, 'starting']))
  const awaited = new Set(names)
  const stopped = new AbortController()
  let isDraining = false
  let timer: NodeJS.Timeout | undefined
  const poll = async () => {
    await Promise.all(
      subgraphs.map(async (subgraph) => {
        const reason = await reasonOf(subgraph, stopped.signal)
        if (!stopped.signal.aborted) note(subgraph.name, reason)
      }),
    )
    if (stopped.signal.aborted) return
    timer = setTimeout(() => void poll(), awaited.size > 0 ? STARTING_INTERVAL_MS : STEADY_INTERVAL_MS).unref()
  }
  const note = (name: string, reason: string | null) => {
    if (reason === null) {
      if (missing.delete(name)) log.info({ subgraph: name }, 'subgraph is ready')
      awaited.delete(name)
    } else {
      if (!missing.has(name)) log.warn({ subgraph: name, reason }, 'subgraph is lost')
      missing.set(name, reason)
    }
  }
  void poll()
  return {
    answer: (_request, response) => {
      const isReady = !isDraining && awaited.size === 0
      const status = isReady ? 'ready' : isDraining ? 'draining' : 'not ready'
      answerJson(response, isReady ? 200 : 503, { status, missing: Object.fromEntries(missing) })
    },
    drain: () => void (isDraining = true),
    stop: async () => {
      stopped.abort()
      clearTimeout(timer)
    },
  }
}

/** Null where the subgraph is ready. One that has no `/ready`, because it is not one of ours, is ready if it answers at all. */
async function reasonOf(subgraph: SubgraphAddress, stopped: AbortSignal): Promise<string | null> {
  try {
    const response = await fetch(new URL('/ready', subgraph.url), {
      signal: AbortSignal.any([stopped, AbortSignal.timeout(TIMEOUT_MS)]),
    })
    await response.body?.cancel()
    return response.status < 500 ? null : `answers ${response.status}`
  } catch (error) {
    return `does not answer: ${messageOf(error)}`
  }
}
