const waiting = new WeakMap<AbortSignal, Set<() => void>>()

/**
 * Calls `act` when `signal` is aborted; the function that comes back takes that back. One listener for each signal,
 * however many wait: a request makes dozens of calls, and a listener costs more than all else about them.
 */
export function onAbort(signal: AbortSignal, act: () => void): () => void {
  const acts = waiting.get(signal) ?? listen(signal)
  acts.add(act)
  return () => void acts.delete(act)
}

function listen(signal: AbortSignal): Set<() => void> {
  const acts = new Set<() => void>()
  waiting.set(signal, acts)
  signal.addEventListener(
    'abort',
    () => {
      for (const act of acts) act()
    },
    { once: true },
  )
  return acts
}
