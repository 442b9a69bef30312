type Acts = Set<() => void>
// On the signal itself: a weak map of all signals costs a microsecond and more for each.
const ACTS = Symbol('acts')
type Waited = AbortSignal & { [ACTS]?: Acts }

/**
 * Calls `act` when `signal` is aborted; the function that comes back takes that back. One listener for each signal,
 * however many wait: a request makes dozens of calls, and a listener costs more than all else about them.
 */
export function onAbort(signal: Waited, act: () => void): () => void {
  const acts = signal[ACTS] ?? listen(signal)
  acts.add(act)
  return () => void acts.delete(act)
}

/** A signal of our own, which {@link onAbort} needs no listener for: that is 4 % of a small query's CPU. */
export function createAborting(): { signal: AbortSignal; abort(reason: Error): void } {
  const controller = new AbortController()
  const signal: Waited = controller.signal
  const acts: Acts = new Set()
  signal[ACTS] = acts
  return {
    signal,
    abort: (reason) => {
      if (signal.aborted) return
      controller.abort(reason)
      actAll(acts)
    },
  }
}

/** Why a signal was aborted. */
export const reasonOf = ({ reason }: AbortSignal): Error =>
  reason instanceof Error ? reason : new Error(String(reason))

function listen(signal: Waited): Acts {
  const acts: Acts = new Set()
  signal[ACTS] = acts
  signal.addEventListener('abort', () => actAll(acts), { once: true })
  return acts
}

function actAll(acts: Acts): void {
  for (const act of acts) act()
}
