import { LRUCache } from 'lru-cache'
import type { LiveBus } from './bus.ts'
import { createQueue, type Queue } from './queue.ts'

// Who follows all orders for months must not remember each of them; what is forgotten could at worst be sent once more.
const REMEMBERED_VERSIONS = 10_000
// Messages that wait for the ones before them to be read. Beyond that, reading the present state again is cheaper.
const BACKLOG = 1_000

/** What a subscription follows. `State` is what its resolver gets: one entity at one version. */
export type Followed<State> = {
  bus: LiveBus
  channels: readonly string[]
  /** The present state of everything followed, sent first; nothing where there is no present state to speak of. */
  current: () => Promise<readonly State[]>
  /** From a message of the channel to the state it tells of; null where it is none of the subscriber's business. */
  read: (message: unknown) => Promise<State | null> | State | null
  /** Tells entities apart and versions in order; a state that is not newer than the last one sent is left out. */
  identify: (state: State) => { id: string; version: number }
}

/**
 * Subscribes first, then reads and sends the present state, then every newer version: whoever reconnects has missed
 * nothing that counts. After a reconnect to Redis the present state is read again. Ends with an error when reading fails.
 */
export function liveUpdates<State>(followed: Followed<State>): Queue<State> {
  let unsubscribe: () => void = () => undefined
  let hasLeft = false
  const queue = createQueue<State>(() => {
    hasLeft = true
    unsubscribe()
  })
  const emit = newerOnly(followed, queue)
  const inTurn = createBacklog({ isOver: () => hasLeft, fail: queue.fail })
  const readCurrent = async () => (await followed.current()).forEach(emit)
  const onMessage = async (message: unknown) => {
    const state = await followed.read(message)
    if (state !== null) emit(state)
  }
  const begin = async () => {
    const leave = await followed.bus.subscribe(followed.channels, {
      message: (message) => inTurn(() => onMessage(message), readCurrent),
      gap: () => inTurn(readCurrent, readCurrent),
    })
    unsubscribe = leave
    if (hasLeft) return leave()
    await readCurrent()
  }
  inTurn(begin, readCurrent)
  return queue
}

type Work = () => Promise<void>

/**
 * Runs works one after the other: a message that takes long to read must not be overtaken by the next one. Of those that
 * come while the backlog is full only one is run, after it: their `instead`.
 */
function createBacklog(reader: {
  isOver: () => boolean
  fail: (error: unknown) => void
}): (work: Work, instead: Work) => void {
  let last: Promise<void> = Promise.resolve()
  let waiting = 0
  const run = (work: Work) => {
    waiting += 1
    const turn = async () => {
      waiting -= 1
      if (!reader.isOver()) await work()
    }
    last = last.then(turn).catch(reader.fail)
  }
  return (work, instead) => {
    if (waiting < BACKLOG) run(work)
    else if (waiting === BACKLOG) run(instead)
  }
}

function newerOnly<State>(followed: Followed<State>, queue: Queue<State>): (state: State) => void {
  const sent = new LRUCache<string, number>({ max: REMEMBERED_VERSIONS })
  return (state) => {
    const { id, version } = followed.identify(state)
    if (version <= (sent.get(id) ?? -1)) return
    sent.set(id, version)
    queue.push(state)
  }
}
