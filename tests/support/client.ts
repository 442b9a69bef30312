import type { FormattedExecutionResult } from 'graphql'
import { createClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import { createQueue } from '#platform/live/queue.ts'

/** What a GraphQL server answers. `data` is as loose as JSON: a test reads what it asked for, and fails where it is not there. */
export type Answer = {
  data: ReturnType<typeof JSON.parse>
  errors?: FormattedExecutionResult['errors']
  extensions?: Record<string, unknown>
  status?: number
  headers?: Headers
}

/** One operation; `headers` beside the token. */
export type Operation = {
  document: string
  variables?: object
  token?: string | undefined
  headers?: Record<string, string>
  operationName?: string
}

/** Sends an operation over HTTP. */
export async function postGraphQL(url: string, operation: Operation): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...operation.headers,
      ...(operation.token && { authorization: `Bearer ${operation.token}` }),
    },
    body: JSON.stringify({
      query: operation.document,
      variables: operation.variables,
      operationName: operation.operationName,
    }),
  })
  const body = (await response.json()) as Answer
  return { ...body, status: response.status, headers: response.headers }
}

/** Subscribes over graphql-transport-ws; the socket closes when the iterator is left or ends. */
export function subscribeGraphQL(url: string, operation: Operation): AsyncIterableIterator<Answer> {
  const client = createClient({
    url: url.replace(/^http/, 'ws'),
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    connectionParams: { ...operation.headers, ...(operation.token && { authorization: `Bearer ${operation.token}` }) },
  })
  const queue = createQueue<Answer>(() => void client.dispose())
  client.subscribe<unknown>(
    { query: operation.document, variables: { ...operation.variables } },
    {
      next: (result) => queue.push(result as Answer),
      error: (error) => queue.fail(error),
      complete: () => queue.end(),
    },
  )
  return queue
}
