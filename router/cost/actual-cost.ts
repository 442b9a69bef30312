import type { CostedField, CostedSelections, CostedType } from './compile-cost.ts'
import { type Variables, valueOf } from './terms.ts'

type Data = Readonly<Record<string, unknown>>
/** `isWhole`: with the weight of the object itself. */
type Counting = { variables: Variables; isWhole: boolean }

/** What an answer's data cost, by the same weights as the estimate: every value that came, and nothing for null. */
export function actualCost({ byType }: CostedSelections, data: Data, counting: Counting): number {
  const typename = data['__typename']
  const known = typeof typename === 'string' ? byType.get(typename) : undefined
  if (known !== undefined) return objectCost(known, data, counting)
  // Where the client did not ask for the type, the dearest is counted, as in the estimate.
  return Math.max(0, ...[...byType.values()].map((type) => objectCost(type, data, counting)))
}

function objectCost({ weight, fields }: CostedType, data: Data, { variables, isWhole }: Counting): number {
  let cost = isWhole ? weight : 0
  for (const field of fields) {
    const value = data[field.key]
    if (value === undefined || !valueOf(field.included, variables)) continue
    cost += Math.max(0, valueCost(field, value, variables) + valueOf(field.once, variables))
  }
  return cost
}

function valueCost(field: CostedField, value: unknown, variables: Variables): number {
  if (value === null || value === undefined) return 0
  if (Array.isArray(value)) return value.reduce<number>((cost, item) => cost + valueCost(field, item, variables), 0)
  const { weight, inner } = field
  const inside =
    inner === undefined ? 0 : actualCost(inner, value as Data, { variables, isWhole: weight === undefined })
  return Math.max(0, (weight ?? 0) + inside)
}
