/** How much of an answer is shown. */
export type RenderLimits = { width: number; items: number; text: number }

/** `value` as lines of at most `width` columns where that can be; long lists and texts end in `…`. */
export function render(value: unknown, limits: RenderLimits, indent = 0): string[] {
  const inline = inlineOf(value, limits)
  if (indent + inline.length <= limits.width || !isNested(value)) return [inline]
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}']
  return [open, ...childrenOf(value, limits, indent + 2).map((line) => `  ${line}`), close]
}

function childrenOf(value: object, limits: RenderLimits, indent: number): string[] {
  if (!Array.isArray(value)) {
    return Object.entries(value).flatMap(([name, child]) =>
      prefixFirst(`${name}: `, render(child, limits, indent + name.length + 2)),
    )
  }
  const shown = value.slice(0, limits.items).flatMap((item: unknown) => render(item, limits, indent))
  return [...shown, ...leftOut(value, limits)]
}

function inlineOf(value: unknown, limits: RenderLimits): string {
  if (typeof value === 'string')
    return JSON.stringify(value.length > limits.text ? `${value.slice(0, limits.text - 1)}…` : value)
  if (!isNested(value)) return String(value)
  if (Array.isArray(value)) {
    const shown = value.slice(0, limits.items).map((item: unknown) => inlineOf(item, limits))
    return `[${[...shown, ...leftOut(value, limits)].join(', ')}]`
  }
  const fields = Object.entries(value).map(([name, child]) => `${name}: ${inlineOf(child, limits)}`)
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`
}

const leftOut = (items: readonly unknown[], limits: RenderLimits): string[] =>
  items.length > limits.items ? [`… ${items.length - limits.items} more`] : []

const isNested = (value: unknown): value is object => typeof value === 'object' && value !== null

const prefixFirst = (prefix: string, [first = '', ...rest]: string[]): string[] => [prefix + first, ...rest]
