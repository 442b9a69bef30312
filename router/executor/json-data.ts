/** An object of an answer. It comes from `JSON.parse`: a key may be named anything, `__proto__` too. */
export type Data = Record<string, unknown>

/** Whether a value is an object of an answer, not a list. */
export const isData = (value: unknown): value is Data =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value under `key`, never what every object inherits. */
export function get(data: Data, key: string): unknown {
  if (key === '__proto__') return Object.hasOwn(data, key) ? data[key] : undefined
  const value = data[key]
  return typeof value === 'function' ? undefined : value
}

/** Sets `key`, whatever its name: a client may choose `__proto__` for an alias. */
export function put(data: Data, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(data, key, { value, enumerable: true, configurable: true, writable: true })
  else data[key] = value
}

/** A copy that can be merged into without harm to the original. Spread first: V8 copies an object of scalars as a whole. */
export function clone<Value>(value: Value): Value
export function clone(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(clone)
  const copy: Data = { ...value }
  for (const key in copy) {
    const inner = copy[key]
    if (typeof inner === 'object' && inner !== null) put(copy, key, clone(inner))
  }
  return copy
}

/**
 * Merges what a fetch brought into what is there: objects by key, lists of equal length by index, null over what it meets.
 * Objects that are new to `target` are taken over and not copied.
 */
export const merge = (target: Data, source: Data): void => mergeInto([target], source)

/** The same for several objects, which have what is new to them in common afterwards. */
export function mergeInto(targets: readonly Data[], source: Data): void {
  const keys = Object.keys(source)
  for (const target of targets)
    for (const key of keys) {
      const value = source[key]
      if (typeof value === 'object' && value !== null) put(target, key, merged(get(target, key), value))
      else if (value !== undefined) put(target, key, value)
    }
}

function merged(there: unknown, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || typeof there !== 'object' || there === null) return value
  if (there === value) return there
  if (!Array.isArray(value)) {
    if (Array.isArray(there)) return value
    merge(there as Data, value as Data)
    return there
  }
  if (!Array.isArray(there) || there.length !== value.length) return value
  for (let index = 0; index < value.length; index += 1) there[index] = merged(there[index], value[index])
  return there
}
