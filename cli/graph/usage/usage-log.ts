import { createLogger } from '#platform/runtime/logger.ts'
import { messageOf } from '#platform/kernel/errors.ts'
import { openUsageStore, type UsageEntry } from '../../../router/usage/usage-store.ts'
import { GraphError } from '../graph-error.ts'

/** One client's use of a coordinate, over all days that count. */
export type FieldUse = { client: string; version: string; count: number; lastDay: string }

/** Who asked for what, by coordinate. `days` are those on which the router wrote anything. */
export type UsageLog = { uses: ReadonlyMap<string, readonly FieldUse[]>; days: readonly string[] }

/**
 * Reads what routers recorded at `location` (a folder, or a Redis) since `sinceDay`. Throws {@link GraphError} where it
 * can't be read.
 */
export async function readUsageLog(location: string, sinceDay: string): Promise<UsageLog> {
  const store = openUsageStore(location, createLogger({ service: 'graph', level: 'silent' }))
  try {
    return aggregate((await store.read()).filter(({ day }) => day >= sinceDay))
  } catch (error) {
    throw new GraphError(`--usage: ${location} can't be read: ${messageOf(error)}`, { cause: error })
  } finally {
    await store.stop()
  }
}

function aggregate(entries: readonly UsageEntry[]): UsageLog {
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
