import { z } from 'zod'
import { decodeCursor, readFirst, toConnection } from '#platform/graphql/connections.ts'
import { badInput } from '#platform/kernel/errors.ts'
import type { QueryResolvers } from '../../../.generated/inventory.ts'
import { addUp, type Item, type Line } from '../domain/reservation.ts'
import { available, isLineQuantity, MAX_UNITS, type StockLevel } from '../domain/stock.ts'
import { countLow, lowLevels } from '../persistence/levels.ts'
import { countMovements, movementsOf } from '../persistence/movements.ts'
import type { Unavailable } from '../references.ts'
import { readItems } from './read-input.ts'

const idCursor = z.tuple([z.guid()])
const versionCursor = z.tuple([z.int32()])

export const Query: QueryResolvers = {
  checkAvailability: async (_root, args, { loaders }) => {
    const lines = readLines(args.items)
    const levels = await Promise.all(lines.map(({ variantId }) => loaders.stock.load(variantId)))
    const unavailable = lines.flatMap((line, index) => lackOf(line, levels[index] ?? null))
    return { isAvailable: unavailable.length === 0, unavailable }
  },

  stockMovements: async (_root, { variantId, ...page }, { loaders, sql }) => {
    const limit = readFirst(page.first) + 1
    const [beforeVersion = null] = decodeCursor(page.after, versionCursor) ?? []
    if ((await loaders.stock.load(variantId)) === null) return null
    const movements = await movementsOf(sql, { variantId, beforeVersion, limit })
    return {
      ...toConnection(movements, page, ({ version }) => [version]),
      totalCount: () => countMovements(sql, variantId),
    }
  },

  lowStock: async (_root, page, { sql }) => {
    const limit = readFirst(page.first) + 1
    const [afterId = null] = decodeCursor(page.after, idCursor) ?? []
    const levels = await lowLevels(sql, { afterId, limit })
    return { ...toConnection(levels, page, ({ variantId }) => [variantId]), totalCount: () => countLow(sql) }
  },
}

function readLines(items: readonly Item[]): Line[] {
  const lines = addUp(readItems(items, 'items'))
  // Each item first: a negative one must not hide in a sum.
  for (const [place, { quantity }] of [...items.entries(), ...lines.map((line) => [line.place, line] as const)]) {
    if (!isLineQuantity(quantity)) throw badInput(`items.${place}.quantity`, `1 to ${MAX_UNITS} units, got ${quantity}`)
  }
  return lines
}

function lackOf({ variantId, quantity }: Line, level: StockLevel | null): Unavailable[] {
  const units = level === null ? 0 : available(level)
  return units >= quantity ? [] : [{ variantId, hasStock: level !== null, requested: quantity, available: units }]
}
