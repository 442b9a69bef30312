/**
 * Where `actual` is not what a page shows; undefined where it is. `…` in a string stands for any text, the string `"…"` for any value,
 * `"…"` at the end of a list for further elements, and a key `"…"` for further fields.
 */
export function difference(shown: unknown, actual: unknown, path = 'answer'): string | undefined {
  if (shown === ELLIPSIS) return undefined
  if (typeof shown === 'string' && typeof actual === 'string')
    return patternOf(shown).test(actual) ? undefined : differs(path, shown, actual)
  if (Array.isArray(shown) && Array.isArray(actual)) return differenceOfLists(shown, actual, path)
  if (isObject(shown) && isObject(actual)) return differenceOfObjects(shown, actual, path)
  return Object.is(shown, actual) ? undefined : differs(path, shown, actual)
}

const ELLIPSIS = '…'

const differs = (path: string, shown: unknown, actual: unknown): string =>
  `${path}: the page shows ${JSON.stringify(shown)}, there came ${JSON.stringify(actual)}`

const patternOf = (shown: string): RegExp => new RegExp(`^${shown.split(ELLIPSIS).map(RegExp.escape).join('.*')}$`, 's')

function differenceOfLists(shown: readonly unknown[], actual: readonly unknown[], path: string): string | undefined {
  const isOpen = shown.length > 1 && shown.at(-1) === ELLIPSIS
  const expected = isOpen ? shown.slice(0, -1) : shown
  if (isOpen ? actual.length < expected.length : actual.length !== expected.length) return differs(path, shown, actual)
  return first(expected, (element, index) => difference(element, actual[index], `${path}[${index}]`))
}

function differenceOfObjects(shown: object, actual: object, path: string): string | undefined {
  const { [ELLIPSIS]: more, ...expected } = shown as Record<string, unknown>
  const found = actual as Record<string, unknown>
  const unexpected = Object.keys(found).filter((key) => !Object.hasOwn(expected, key))
  if (more === undefined && unexpected.length > 0) return `${path}: the page does not show ${unexpected.join(', ')}`
  return first(Object.entries(expected), ([key, value]) => difference(value, found[key], `${path}.${key}`))
}

function first<Item>(
  items: readonly Item[],
  find: (item: Item, index: number) => string | undefined,
): string | undefined {
  for (const [index, item] of items.entries()) {
    const found = find(item, index)
    if (found !== undefined) return found
  }
  return undefined
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
