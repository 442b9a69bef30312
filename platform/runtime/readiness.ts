import { messageOf } from '../kernel/errors.ts'
import { answerJson, type HttpHandler } from './http.ts'

/** What a service still waits for, by name: null where it is there, else why it is not. */
export type Readiness = {
  /** Says that `part` is missing, or (null) there. */
  report(part: string, reason: string | null): void
  /** Checks `part` whenever somebody asks; the check throws, or resolves with the reason or null. */
  watch(part: string, check: () => Promise<string | null> | string | null): void
  missing(): Promise<Record<string, string>>
}

// Whoever asks /ready has a time limit of its own, of a few seconds as a rule.
const CHECK_TIMEOUT_MS = 2_000

/** A new {@link Readiness}; `parts` are missing until reported. */
export function createReadiness(parts: readonly string[]): Readiness {
  const reported = new Map<string, string | null>(parts.map((part) => [part, 'starting']))
  const watched = new Map<string, () => Promise<string | null> | string | null>()
  return {
    report: (part, reason) => void reported.set(part, reason),
    watch: (part, check) => void watched.set(part, check),
    missing: async () => {
      const checks = [...watched].map(async ([part, check]) => [part, await reasonOf(check)] as const)
      const found = [...reported, ...(await Promise.all(checks))].filter((entry) => entry[1] !== null)
      return Object.fromEntries(found) as Record<string, string>
    },
  }
}

/** `/health`: the process is alive. */
export const answerHealth: HttpHandler = (_request, response) => answerJson(response, 200, { status: 'alive' })

/** `/ready`: 200 where nothing is missing, else 503 with what is. */
export const answerReady =
  (readiness: Readiness): HttpHandler =>
  async (_request, response) => {
    const missing = await readiness.missing()
    const isReady = Object.keys(missing).length === 0
    answerJson(response, isReady ? 200 : 503, { status: isReady ? 'ready' : 'not ready', missing })
  }

async function reasonOf(check: () => Promise<string | null> | string | null): Promise<string | null> {
  const { promise: late, resolve } = Promise.withResolvers<string>()
  const timer = setTimeout(() => resolve(`no answer within ${CHECK_TIMEOUT_MS} ms`), CHECK_TIMEOUT_MS)
  try {
    return await Promise.race([check(), late])
  } catch (error) {
    return messageOf(error)
  } finally {
    clearTimeout(timer)
  }
}
