/** A bound on what is under way at once, and a queue for what comes above it. */
export type Slots = {
  /** Undefined where there is no room to wait, either. `ready` is absent where the slot is free at once. */
  enter(): Entry | undefined
  underWay(): number
  waiting(): number
}

/** One who has a slot or waits for one. `leave` gives up either; twice does no harm where it waited. `ready` comes then, too. */
export type Entry = { readonly ready?: Promise<void>; leave(): void }

/** New slots, all free. First come, first served. */
export function createSlots({ maxConcurrent, maxQueued }: { maxConcurrent: number; maxQueued: number }): Slots {
  let taken = 0
  // A set keeps the order in which its members came, and lets one who gives up leave from the middle.
  const queue = new Set<() => void>()
  const free = () => {
    const [next] = queue
    if (next === undefined) return void (taken -= 1)
    queue.delete(next)
    next()
  }
  const wait = (): Entry => {
    const { promise, resolve } = Promise.withResolvers<void>()
    let isLeft = false
    queue.add(resolve)
    const leave = () => {
      if (isLeft) return
      isLeft = true
      if (queue.delete(resolve)) resolve()
      else free()
    }
    return { ready: promise, leave }
  }
  return {
    enter: () => {
      if (taken >= maxConcurrent) return queue.size < maxQueued ? wait() : undefined
      taken += 1
      return { leave: free }
    },
    underWay: () => taken,
    waiting: () => queue.size,
  }
}
