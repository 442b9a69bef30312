/** How much of an answer is shown. */
export type RenderLimits = { width: number; items: number; text: number }

/** `value` as lines of at most `width` columns where that can be, the first one after `prefix`; long lists and texts end in `…`. */
export function render(value: unknown, limits: RenderLimits, prefix = ''): string[] {
  const inline = prefix + inlineOf(value, limits)
  if (inline.length <= limits.width || !isNested(value)) return [inline]
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}']
  const inner = { ...limits, width: limits.width - INDENT.length }
  return [prefix + open, ...childrenOf(value, inner).map((line) => INDENT + line), close]
}

const INDENT = '  '

function childrenOf(value: object, limits: RenderLimits): string[] {
  if (!Array.isArray(value)) {
    return Object.entries(value).flatMap(([name, child]) => render(child, limits, `${name}: `))
  }
  const shown = value.slice(0, limits.items).flatMap((item: unknown) => render(item, limits))
  return [...shown, ...leftOut(value, limits)]
}

function inlineOf(value: unknown, limits: RenderLimits): string {
  if (typeof value === 'string') return JSON.stringify(shorten(value, limits.text))
  if (!isNested(value)) return String(value)
  if (Array.isArray(value)) {
    const shown = value.slice(0, limits.items).map((item: unknown) => inlineOf(item, limits))
    return `[${[...shown, ...leftOut(value, limits)].join(', ')}]`
  }
  const fields = Object.entries(value).map(([name, child]) => `${name}: ${inlineOf(child, limits)}`)
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`
}

const shorten = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length - 1)}…` : text

const leftOut = (items: readonly unknown[], limits: RenderLimits): string[] =>
  items.length > limits.items ? [`… ${items.length - limits.items} more`] : []

const isNested = (value: unknown): value is object => typeof value === 'object' && value !== null
