import type { LiveBus } from './bus.ts'
import { createQueue, type Queue } from './queue.ts'

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
  // One after the other: a message that takes long to read must not be overtaken by the next one.
  let last: Promise<void> = Promise.resolve()
  const inTurn = (work: () => Promise<void>) => {
    last = last.then(work).catch((error: unknown) => queue.fail(error))
  }
  const readCurrent = async () => (await followed.current()).forEach(emit)
  const onMessage = async (message: unknown) => {
    const state = await followed.read(message)
    if (state !== null) emit(state)
  }
  const begin = async () => {
    const leave = await followed.bus.subscribe(followed.channels, {
      message: (message) => inTurn(() => onMessage(message)),
      gap: () => inTurn(readCurrent),
    })
    unsubscribe = leave
    if (hasLeft) return leave()
    await readCurrent()
  }
  inTurn(begin)
  return queue
}

function newerOnly<State>(followed: Followed<State>, queue: Queue<State>): (state: State) => void {
  const sent = new Map<string, number>()
  return (state) => {
    const { id, version } = followed.identify(state)
    if (version <= (sent.get(id) ?? -1)) return
    sent.set(id, version)
    queue.push(state)
  }
}
