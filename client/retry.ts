import { GraphRequestError, GraphUnreachableError } from './errors.ts'
import type { Answer, Send } from './send.ts'

/** How often a query is tried, and how long it waits between. */
export type RetryOptions = {
  /** Tries in all; 1 never tries again. 3 unless set. */
  attempts?: number
  /** The longest first wait, in milliseconds; doubles with each try, and is drawn at random up to that. 250 unless set. */
  firstWaitMs?: number
}

// Whoever is told to wait longer should tell the person instead.
const LONGEST_WAIT_MS = 10_000
// Nobody took it in: too many requests, a proxy without a router behind it, a router that sheds load.
const TRY_AGAIN: ReadonlySet<number | undefined> = new Set([429, 502, 503, 504])

/** The same, tried again where nobody took the operation in. Only for what may be done twice. */
export const withRetries =
  (send: Send, { attempts = 3, firstWaitMs = 250 }: RetryOptions = {}): Send =>
  async (operation, options) => {
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await settle(send(operation, options))
      const longestMs = firstWaitMs * 2 ** (attempt - 1)
      const waitMs = (outcome.answer?.retryAfterMs ?? 0) + Math.random() * longestMs
      if (attempt >= attempts || !mayTryAgain(outcome) || waitMs > LONGEST_WAIT_MS) return finish(outcome)
      await wait(waitMs, options.signal)
    }
  }

type Outcome = { answer: Answer; error?: undefined } | { answer?: undefined; error: unknown }

const settle = (sending: Promise<Answer>): Promise<Outcome> =>
  sending.then(
    (answer) => ({ answer }),
    (error: unknown) => ({ error }),
  )

function mayTryAgain({ answer, error }: Outcome): boolean {
  return answer === undefined ? isUnreachable(error) : TRY_AGAIN.has(answer.status)
}

const isUnreachable = (error: unknown): boolean =>
  error instanceof GraphUnreachableError && (error.status === undefined || TRY_AGAIN.has(error.status))

/** Whether another try may do better: nobody answered, in time, or nobody took it in. */
export const isPassingFailure = (error: unknown): boolean =>
  isUnreachable(error) ||
  (error instanceof GraphRequestError && TRY_AGAIN.has(error.status)) ||
  (error instanceof Error && error.name === 'TimeoutError')

function finish({ answer, error }: Outcome): Answer {
  if (answer === undefined) throw error
  return answer
}

/** Resolves after a while. Throws the signal's reason once it is aborted. */
export async function wait(waitMs: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, waitMs)
  const abort = () => reject(signal.reason as Error)
  signal.addEventListener('abort', abort, { once: true })
  try {
    await promise
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
  }
}
