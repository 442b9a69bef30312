import { messageOf } from '#platform/kernel/errors.ts'
import { pause } from '#platform/runtime/pause.ts'
import { warmDocuments } from './warm-documents.ts'
import { createServing, type Serving, type ServingParts } from './serving.ts'

/** What is served now, and how it is changed. */
export type Reloading = {
  current(): Serving
  /**
   * Serves another supergraph from the moment that it is ready, with the plans of recent operations. One that is broken
   * is logged, and the one before goes on. Resolves once it is decided: false where it was not taken.
   */
  reload(sdl: string): Promise<boolean>
  stop(): Promise<void>
}

// What was asked most recently is what will be asked next; planning these takes a thread a few seconds.
const WARMED_OPERATIONS = 500
// A new supergraph is wanted soon: what is not planned by then is planned when it is asked.
const LONGEST_WARMING_MS = 20_000

/** Serves `sdl` first. Throws where it is no supergraph. */
export async function startReloading(sdl: string, parts: ServingParts): Promise<Reloading> {
  const { log } = parts
  let current = await createServing(sdl, { ...parts, servedBefore: false })
  let turn: Promise<unknown> = Promise.resolve()
  let wanted = sdl
  const stopped = new AbortController()
  const retiring = new Set<Promise<void>>()

  const replaceBy = async (wish: string): Promise<boolean> => {
    // Overtaken by a newer one, or what is served already.
    if (stopped.signal.aborted || wish !== wanted || wish === current.supergraph.sdl) return false
    const serving = await prepare(wish)
    if (serving === undefined) return false
    const before = current
    current = serving
    log.info({ warmed: serving.planner.counters().size }, 'a new supergraph is served')
    const retired = before
      .retire()
      .catch((error: unknown) => log.error({ err: error }, 'the old supergraph could not be stopped'))
    retiring.add(retired)
    void retired.then(() => retiring.delete(retired))
    return true
  }
  const prepare = async (wish: string): Promise<Serving | undefined> => {
    try {
      const serving = await createServing(wish, { ...parts, servedBefore: true })
      await warm(serving, current, stopped.signal)
      return serving
    } catch (error) {
      log.error({ reason: messageOf(error) }, 'the new supergraph is broken: the one before is served on')
      return undefined
    }
  }
  return {
    current: () => current,
    reload: (wish) => {
      wanted = wish
      const decided = turn.then(() => replaceBy(wish))
      turn = decided
      return decided
    },
    stop: async () => {
      stopped.abort()
      await turn
      await Promise.all([current.stop(), ...retiring])
    },
  }
}

async function warm(serving: Serving, before: Serving, stopped: AbortSignal): Promise<void> {
  const isWarm = new AbortController()
  const recent = before.planner.recent().slice(0, WARMED_OPERATIONS)
  const isOver = AbortSignal.any([isWarm.signal, stopped])
  const warmed = serving.planner
    .warm(recent)
    .then(() => warmDocuments(serving, before.documentStore.recent().slice(0, WARMED_OPERATIONS), isOver))
    .then(() => isWarm.abort())
  await Promise.race([warmed, pause(LONGEST_WARMING_MS, isOver)])
  isWarm.abort()
}
