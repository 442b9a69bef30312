// A subscriber that is this far behind is better served by newer states than by all of them.
const CAPACITY = 128

/** A bounded queue that is read as an async iterator; the oldest value is dropped when it is full. */
export type Queue<T> = AsyncIterableIterator<T> & {
  push(value: T): void
  /** Ends the iterator with `error` after what is queued was read. */
  fail(error: unknown): void
  /** Ends the iterator after what is queued was read. */
  end(): void
  /** How many values were dropped because the reader was slow. */
  dropped(): number
}

/**
 * A new {@link Queue}. `onReturn` runs once, when the reader leaves or the queue ends. Unlike an async generator's, this
 * `return()` does not wait behind a pending `next()`: a reader that leaves frees what is behind it at once.
 */
export function createQueue<T>(onReturn: () => void, capacity = CAPACITY): Queue<T> {
  const values: T[] = []
  const waiting: PromiseWithResolvers<IteratorResult<T>>[] = []
  let ended: { error?: unknown } | undefined
  let dropped = 0

  const finish = (end: { error?: unknown }) => {
    if (ended !== undefined) return
    ended = end
    for (const waiter of waiting.splice(0)) settleEnd(waiter, end)
    onReturn()
  }
  const queue: Queue<T> = {
    push: (value) => {
      if (ended !== undefined) return
      const waiter = waiting.shift()
      if (waiter !== undefined) return waiter.resolve({ value, done: false })
      values.push(value)
      if (values.length > capacity) dropped += values.splice(0, 1).length
    },
    fail: (error) => finish({ error }),
    end: () => finish({}),
    dropped: () => dropped,
    next: () => {
      const waiter = Promise.withResolvers<IteratorResult<T>>()
      const [value] = values.splice(0, 1)
      if (value !== undefined) waiter.resolve({ value, done: false })
      else if (ended !== undefined) settleEnd(waiter, ended)
      else waiting.push(waiter)
      return waiter.promise
    },
    return: async () => {
      values.length = 0
      finish({})
      return { value: undefined, done: true }
    },
    [Symbol.asyncIterator]: () => queue,
  }
  return queue
}

function settleEnd<T>(waiter: PromiseWithResolvers<IteratorResult<T>>, end: { error?: unknown }): void {
  if ('error' in end) waiter.reject(end.error)
  else waiter.resolve({ value: undefined, done: true })
}
