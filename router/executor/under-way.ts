/** What is under way, by what it is asked for. */
export type UnderWay<T> = {
  get(key: string): T | undefined
  /** The function that comes back forgets the value, if no other has taken its place. */
  set(key: string, value: T): () => void
}

/**
 * A map whose values are let go as soon as they are forgotten. Each table that a busy map outgrows leads to the next, so one
 * that has reached the old generation keeps all that ever stood in the later ones until that is collected, answers and all.
 * In these stand cells, which are emptied.
 */
export function createUnderWay<T>(): UnderWay<T> {
  const cells = new Map<string, { value: T | undefined }>()
  return {
    get: (key) => cells.get(key)?.value,
    set: (key, value) => {
      const cell: { value: T | undefined } = { value }
      cells.set(key, cell)
      return () => {
        cell.value = undefined
        if (cells.get(key) === cell) cells.delete(key)
      }
    },
  }
}
