import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { createRedis } from '#platform/live/redis.ts'
import type { Running } from '#platform/runtime/lifecycle.ts'
import type { Logger } from '#platform/runtime/logger.ts'

/** How often one client asked for one schema coordinate on one day. It holds no values and no persons. */
export type UsageEntry = { day: string; client: string; version: string; coordinate: string; count: number }

/** Where usage is kept: a day at a time, old days dropped. Counts of several routers add up. */
export type UsageStore = Running & {
  add(entries: readonly UsageEntry[]): Promise<void>
  /** Everything kept, in no particular order. */
  read(): Promise<UsageEntry[]>
}

/** Days that are kept. A client on a phone may be three months old. */
export const KEPT_DAYS = 100
// Clients, versions and coordinates of one day. A client that invents versions must not fill the memory; what comes first is kept.
const ENTRIES_PER_DAY = 50_000

/** The store at `location`: a Redis by its address, or else a folder. */
export const openUsageStore = (location: string, log: Logger): UsageStore =>
  /^rediss?:/.test(location) ? inRedis(location, log) : inFolder(location)

const separator = '\t'
const nameOf = ({ client, version, coordinate }: UsageEntry): string => [client, version, coordinate].join(separator)

function entryOf(day: string, name: string, count: number): UsageEntry {
  const [client = '', version = '', coordinate = ''] = name.split(separator)
  return { day, client, version, coordinate, count }
}

function inRedis(url: string, log: Logger): UsageStore {
  const redis = createRedis(url, log)
  const keyOf = (day: string) => `usage:${day}`
  return {
    add: async (entries) => {
      for (const [day, ofDay] of Map.groupBy(entries, (entry) => entry.day)) {
        const isFull = (await redis.hlen(keyOf(day))) >= ENTRIES_PER_DAY
        if (isFull) continue
        const pipeline = redis.pipeline()
        for (const entry of ofDay) pipeline.hincrby(keyOf(day), nameOf(entry), entry.count)
        pipeline.expire(keyOf(day), KEPT_DAYS * 24 * 3600)
        await pipeline.exec()
      }
    },
    read: async () => {
      const entries: UsageEntry[] = []
      for (const day of lastDays()) {
        for (const [name, count] of Object.entries(await redis.hgetall(keyOf(day))))
          entries.push(entryOf(day, name, Number(count)))
      }
      return entries
    },
    stop: async () => redis.disconnect(),
  }
}

const countsSchema = z.record(z.string(), z.int())
const FILE = /^(\d{4}-\d\d-\d\d)\.json$/

function inFolder(folder: string): UsageStore {
  const fileOf = (day: string) => join(folder, `${day}.json`)
  let turn: Promise<void> = Promise.resolve()
  const addToDay = async (day: string, entries: readonly UsageEntry[]) => {
    const counts = new Map(Object.entries(await readDay(fileOf(day))))
    for (const entry of entries) {
      const name = nameOf(entry)
      if (counts.has(name) || counts.size < ENTRIES_PER_DAY) counts.set(name, (counts.get(name) ?? 0) + entry.count)
    }
    // Renamed into its place, so that whoever reads meanwhile reads all of it.
    await writeFile(`${fileOf(day)}.new`, JSON.stringify(Object.fromEntries(counts)))
    await rename(`${fileOf(day)}.new`, fileOf(day))
  }
  const addAll = async (entries: readonly UsageEntry[]) => {
    await mkdir(folder, { recursive: true })
    for (const [day, ofDay] of Map.groupBy(entries, (entry) => entry.day)) await addToDay(day, ofDay)
    const kept = new Set(lastDays())
    for (const day of await daysIn(folder)) if (!kept.has(day)) await rm(fileOf(day), { force: true })
  }
  return {
    add: (entries) => {
      const added = turn.then(() => addAll(entries))
      turn = added.catch(() => undefined)
      return added
    },
    read: async () => {
      const days = await Promise.all(
        (await daysIn(folder)).map(async (day) => [day, await readDay(fileOf(day))] as const),
      )
      return days.flatMap(([day, counts]) => Object.entries(counts).map(([name, count]) => entryOf(day, name, count)))
    },
    stop: () => turn,
  }
}

async function daysIn(folder: string): Promise<string[]> {
  const names = await readdir(folder)
  return names.flatMap((name) => FILE.exec(name)?.[1] ?? [])
}

async function readDay(file: string): Promise<Record<string, number>> {
  try {
    return countsSchema.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {}
    throw error
  }
}

/** The day of a time, in UTC: `2026-11-28`. */
export const dayOf = (timeMs: number): string => new Date(timeMs).toISOString().slice(0, 10)

const lastDays = (): string[] =>
  Array.from({ length: KEPT_DAYS + 1 }, (_, ago) => dayOf(Date.now() - ago * 24 * 3_600_000))
