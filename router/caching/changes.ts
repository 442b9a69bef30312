/**
 * What was dropped, and in which order, so that an answer that was asked for before a drop is not kept after it: it may
 * have been read before the change.
 */
export type Changes = {
  /** How many there were; note it before asking. */
  count(): number
  /** `tags` are of one subgraph. */
  note(subgraph: string, tags: Iterable<string>): void
  /** Everything of every subgraph. */
  noteAll(): void
  /** Whether any of `tags` was dropped since `count` was this. */
  haveTouched(subgraph: string, tags: Iterable<string>, since: number): boolean
}

// Those of the last seconds matter, since no call lasts longer; when there were more, an answer is not kept that might be.
const REMEMBERED = 50_000

/** Nothing was dropped yet. */
export function createChanges(remembered = REMEMBERED): Changes {
  const last = new Map<string, number>()
  let count = 0
  // Of anything older it is not known whether it was touched.
  let forgotten = 0
  const remember = (key: string) => {
    last.delete(key)
    last.set(key, count)
    if (last.size <= remembered) return
    for (const [oldest, at] of last) {
      last.delete(oldest)
      forgotten = Math.max(forgotten, at)
      break
    }
  }
  return {
    count: () => count,
    note: (subgraph, tags) => {
      count += 1
      for (const tag of tags) remember(`${subgraph} ${tag}`)
    },
    noteAll: () => {
      count += 1
      last.clear()
      forgotten = count
    },
    haveTouched: (subgraph, tags, since) => {
      if (since < forgotten) return true
      for (const tag of tags) if ((last.get(`${subgraph} ${tag}`) ?? 0) > since) return true
      return false
    },
  }
}
