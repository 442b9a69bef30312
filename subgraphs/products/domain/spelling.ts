// Of a word of three letters, one mistake leaves too little to tell what was meant.
const SHORTEST_FORGIVEN = 4

/** Whether one mistake in words as short as `word` is forgiven. */
export const isForgivable = (word: string): boolean => word.length >= SHORTEST_FORGIVEN

/** Whether `a` becomes `b` by one letter left out, added, changed, or swapped with the next; also where they are equal. */
export function isWithinOneMistake(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false
  let start = 0
  while (start < a.length && a[start] === b[start]) start += 1
  if (start === a.length && start === b.length) return true
  const [restA, restB] = [a.slice(start), b.slice(start)]
  return (
    restA.slice(1) === restB.slice(1) ||
    restA.slice(1) === restB ||
    restA === restB.slice(1) ||
    (restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2))
  )
}

/** Whether `word` begins with what `start` would be without its one mistake. */
export const beginsWithinOneMistake = (start: string, word: string): boolean =>
  [-1, 0, 1].some((more) => isWithinOneMistake(start, word.slice(0, start.length + more)))
