import { createLogger } from '#platform/runtime/logger.ts'
import { messageOf } from '#platform/kernel/errors.ts'
import { openUsageStore, type UsageEntry } from '../../../router/usage/usage-store.ts'
import { GraphError } from '../graph-error.ts'

/** One client's use of a coordinate, over all days that count. */
export type FieldUse = { client: string; version: string; count: number; lastDay: string }

/**
 * Who asked for what, by coordinate. `days` are those on which the router wrote anything. `isWhole`: it began (`beginsOn`) before the
 * days that count, so that what it does not have was not asked for on any of them.
 */
export type UsageLog = {
  uses: ReadonlyMap<string, readonly FieldUse[]>
  days: readonly string[]
  beginsOn: string | undefined
  isWhole: boolean
}

/**
 * Reads what routers recorded at `location` (a folder, or a Redis) since `sinceDay`. Throws {@link GraphError} where it
 * can't be read.
 */
export async function readUsageLog(location: string, sinceDay: string): Promise<UsageLog> {
  const store = openUsageStore(location, createLogger({ service: 'graph', level: 'silent' }))
  try {
    const entries = await store.read()
    const [beginsOn] = entries.map(({ day }) => day).toSorted()
    const isWhole = beginsOn !== undefined && beginsOn <= sinceDay
    return { ...aggregate(entries.filter(({ day }) => day >= sinceDay)), beginsOn, isWhole }
  } catch (error) {
    throw new GraphError(`--usage: ${location} can't be read: ${messageOf(error)}`, { cause: error })
  } finally {
    await store.stop()
  }
}

function aggregate(entries: readonly UsageEntry[]): Pick<UsageLog, 'uses' | 'days'> {
  const uses = new Map<string, FieldUse[]>()
  for (const [coordinate, ofCoordinate] of Map.groupBy(entries, (entry) => entry.coordinate)) {
    const clients = Map.groupBy(ofCoordinate, ({ client, version }) => `${client}\t${version}`)
    uses.set(coordinate, [...clients.values()].map(sumOf))
  }
  return { uses, days: [...new Set(entries.map(({ day }) => day))].toSorted() }
}

function sumOf(entries: readonly UsageEntry[]): FieldUse {
  const [{ client, version } = { client: '', version: '' }] = entries
  return {
    client,
    version,
    count: entries.reduce((sum, { count }) => sum + count, 0),
    lastDay:
      entries
        .map(({ day }) => day)
        .toSorted()
        .at(-1) ?? '',
  }
}
