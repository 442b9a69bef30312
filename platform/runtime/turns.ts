/** Runs works of one key one after the other, in the order in which they came; works of different keys at once. */
export type Turns = <T>(key: string, work: () => Promise<T>) => Promise<T>

/** Turns within this process. A work that fails does not hold up the next one. */
export function createTurns(): Turns {
  const last = new Map<string, Promise<unknown>>()
  return async (key, work) => {
    const mine = Promise.allSettled([last.get(key)]).then(work)
    last.set(key, mine)
    try {
      return await mine
    } finally {
      if (last.get(key) === mine) last.delete(key)
    }
  }
}
