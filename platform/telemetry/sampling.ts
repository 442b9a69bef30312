/** Says of a trace that begins now whether it is recorded. */
export type Sampling = () => boolean

/** This share of them. */
export const sampleShare =
  (share: number): Sampling =>
  () =>
    Math.random() < share

/** All of them, but at most so many a second. `now` is in milliseconds. */
export function sampleUpTo(perSecond: number, now: () => number = () => performance.now()): Sampling {
  let left = perSecond
  let countedAt = now()
  return () => {
    const at = now()
    left = Math.min(perSecond, left + ((at - countedAt) * perSecond) / 1_000)
    countedAt = at
    if (left < 1) return false
    left -= 1
    return true
  }
}
