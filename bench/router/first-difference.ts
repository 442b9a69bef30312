/** Where two JSON values first differ, in a sentence; null where they are equal, in whatever order their keys are. */
export function firstDifference(expected: unknown, actual: unknown, path = 'the answer'): string | null {
  if (expected === actual) return null
  if (!isBranch(expected) || !isBranch(actual) || Array.isArray(expected) !== Array.isArray(actual))
    return `${path}: expected ${shown(expected)}, got ${shown(actual)}`
  for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
    const difference = firstDifference(expected[key], actual[key], `${path}.${key}`)
    if (difference !== null) return difference
  }
  return null
}

const isBranch = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const shown = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 200)
