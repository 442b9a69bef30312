import type { IncomingMessage, ServerResponse } from 'node:http'
import { isId, newId } from '#platform/kernel/ids.ts'
import type { Logger } from '#platform/runtime/logger.ts'
import { pause } from '#platform/runtime/pause.ts'
import { type Answer, ApiError, badParameter, refusal } from './answer.ts'
import { readJson, send, skipBody } from './http.ts'
import type { Provider } from './provider.ts'
import { findRoute, type Route } from './routes.ts'

/** What a request is served with. */
export type Host = {
  readonly provider: Provider
  readonly log: Logger
  readonly isProduction: boolean
  /** Aborted when the sandbox stops: latency ends, and connections are closed after their answer. */
  readonly stopping: AbortSignal
}

/** Answers one request and logs it: never its address or body, which might hold what must not be written down. */
export async function serve(host: Host, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const startedAt = performance.now()
  const errorId = newId()
  let route: Route | undefined
  let answer: Answer
  try {
    const url = addressOf(request)
    const found = findRoute(request.method ?? '', url.pathname, host)
    route = found.route
    answer = await handle(host, request, { ...found, url })
  } catch (error) {
    answer = error instanceof ApiError ? refusal(error.status, error.body) : masked(errorId)
    // A client that hangs up while it is still sending is no trouble of ours.
    const level = request.complete ? 'error' : 'info'
    if (!(error instanceof ApiError)) host.log[level]({ err: error, errorId, route: route?.name }, 'a request failed')
  }
  if (route?.kind === 'api') await pause(host.provider.faults.get().latencyMs, host.stopping)
  await sent(response, answer, host)
  const ms = Math.round(performance.now() - startedAt)
  const { status, isCut } = answer
  const entry = { route: route?.name, status, isCut, ms, requestId: requestIdOf(request) }
  host.log.info(entry, 'request')
}

function addressOf(request: IncomingMessage): URL {
  // Node hands on whatever stood in the request line.
  const address = request.url ?? '/'
  if (!URL.canParse(address, 'http://sandbox'))
    throw badParameter('url_invalid', 'url', 'Expected the path of an address')
  return new URL(address, 'http://sandbox')
}

async function handle(
  { provider }: Host,
  request: IncomingMessage,
  { route, id, url }: { route: Route; id: string; url: URL },
): Promise<Answer> {
  const body = route.kind === 'form' ? await skipBody(request) : await readJson(request)
  const key = request.headers['idempotency-key']
  const idempotencyKey = Array.isArray(key) ? key[0] : key
  return route.handle(provider, { id, query: url.searchParams, idempotencyKey, headers: request.headers, body })
}

/** Sends, and waits until the connection has it (or is gone), so that stopping loses no answer. */
function sent(response: ServerResponse, answer: Answer, { stopping }: Host): Promise<void> {
  return new Promise((resolve) => {
    if (response.destroyed) return resolve()
    response.once('close', resolve)
    send(response, answer, { isLast: stopping.aborted })
  })
}

// Ours are UUIDs; what else somebody sends is not ours to write down.
function requestIdOf(request: IncomingMessage): string | undefined {
  const id = request.headers['x-request-id']
  return typeof id === 'string' && isId(id) ? id : undefined
}

const masked = (errorId: string): Answer =>
  refusal(500, { type: 'api_error', code: 'internal_error', message: `Something went wrong on our side (${errorId})` })
