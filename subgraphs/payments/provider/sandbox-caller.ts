import { messageOf } from '#platform/kernel/errors.ts'
import type { Unknown } from './provider.ts'

/** A definite answer: the provider did what was asked, or refused it for good. */
export type SandboxAnswer = { readonly kind: 'answer'; readonly status: number; readonly body: unknown }

/** One call; a POST where there is a body. `key` is the Idempotency-Key. */
export type SandboxCall = { path: string; body?: object; key?: string; deadline: Date }

/** Calls the sandbox; what is no definite answer is {@link Unknown}. */
export type SandboxCaller = (call: SandboxCall) => Promise<SandboxAnswer | Unknown>

// Stripe's manual: a conflict (409), too many requests (429) and its own trouble (5xx) say nothing of what was done.
const isDefinite = (status: number): boolean => status < 500 && status !== 409 && status !== 429

/** A caller of the sandbox at `url`. Nothing is sent after the deadline, and nothing is waited for. */
export function createSandboxCaller(url: string): SandboxCaller {
  const base = url.replace(/\/+$/, '')
  return async ({ path, body, key, deadline }) => {
    const leftMs = deadline.getTime() - Date.now()
    if (leftMs <= 0) return over('no time was left to ask')
    const init = {
      method: body === undefined ? 'GET' : 'POST',
      headers: headersOf(key),
      signal: AbortSignal.timeout(leftMs),
    }
    return send(`${base}${path}`, body === undefined ? init : { ...init, body: JSON.stringify(body) })
  }
}

/** It has answered, but nothing that can be used. */
export const over = (why: string): Unknown => ({ kind: 'unknown', isOver: true, why })

async function send(address: string, init: RequestInit): Promise<SandboxAnswer | Unknown> {
  try {
    const response = await fetch(address, init)
    const text = await response.text()
    if (!isDefinite(response.status)) return over(`it answered ${response.status}`)
    return { kind: 'answer', status: response.status, body: JSON.parse(text) }
  } catch (error) {
    // Not swallowed: a connection that failed, was cut or timed out, or a body that is no JSON, is just what `unknown` means.
    // The parser's message would repeat a piece of the body.
    return error instanceof SyntaxError
      ? over('it answered no JSON')
      : { kind: 'unknown', isOver: false, why: messageOf(error) }
  }
}

const headersOf = (key: string | undefined): Record<string, string> => ({
  'content-type': 'application/json',
  ...(key !== undefined && { 'idempotency-key': key }),
})
