import DataLoader from 'dataloader'
import { isId } from '../kernel/ids.ts'

/**
 * A loader of one row per id: one call of `fetch` per tick, whatever the number of ids. A malformed id is an unknown one:
 * it gives null without asking.
 */
export const loadOne = <Row>(
  fetch: (ids: string[]) => Promise<readonly Row[]>,
  keyOf: (row: Row) => string,
): DataLoader<string, Row | null> =>
  new DataLoader(async (ids) => {
    const rows = await fetchKnown(ids, fetch)
    const byKey = new Map(rows.map((row) => [keyOf(row), row]))
    return ids.map((id) => byKey.get(id) ?? null)
  })

/** A loader of many rows per id, in the order in which `fetch` gives them; one call of `fetch` per tick. */
export const loadMany = <Row>(
  fetch: (ids: string[]) => Promise<readonly Row[]>,
  keyOf: (row: Row) => string,
): DataLoader<string, Row[]> =>
  new DataLoader(async (ids) => {
    const rows = Map.groupBy(await fetchKnown(ids, fetch), keyOf)
    return ids.map((id) => rows.get(id) ?? [])
  })

async function fetchKnown<Row>(
  ids: readonly string[],
  fetch: (ids: string[]) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  const known = ids.filter(isId)
  return known.length === 0 ? [] : fetch(known)
}
