import { GraphQLScalarType, Kind, type ValueNode } from 'graphql'
import { badInput } from '../kernel/errors.ts'

const DECIMAL = /^-?(0|[1-9]\d*)(\.\d+)?$/
const DATE = /^\d{4}-\d{2}-\d{2}$/
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/

/** The scalars of common.graphql. Inside they are text, but DateTime, which is a Date. */
export const SCALARS = {
  Decimal: scalar('Decimal', 'a decimal number as a string, such as "299.99"', (text) =>
    DECIMAL.test(text) ? text : null,
  ),
  Date: scalar('Date', 'a day, such as "2026-11-20"', (text) => (isDay(text) ? text : null)),
  DateTime: scalar('DateTime', 'a time in RFC 3339, such as "2026-11-20T15:30:00.000Z"', readDateTime),
  URL: scalar('URL', 'an absolute http or https address', (text) => (isWebAddress(text) ? text : null)),
}

/** Whether `text` is an absolute http or https address. */
export function isWebAddress(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && (url.protocol === 'http:' || url.protocol === 'https:')
}

function scalar(name: string, expected: string, read: (text: string) => string | Date | null): GraphQLScalarType {
  const parse = (value: unknown) => {
    const parsed = typeof value === 'string' ? read(value) : null
    if (parsed === null) throw badInput(name, expected)
    return parsed
  }
  return new GraphQLScalarType({
    name,
    serialize: (value) => (value instanceof Date ? value.toISOString() : String(value)),
    parseValue: parse,
    parseLiteral: (node: ValueNode) => parse(node.kind === Kind.STRING ? node.value : null),
  })
}

function readDateTime(text: string): Date | null {
  const date = new Date(text)
  // `Date` takes the 30th of February for the 2nd of March.
  return DATE_TIME.test(text) && isDay(text.slice(0, 10)) && !Number.isNaN(date.getTime()) ? date : null
}

function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`)
  return DATE.test(text) && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)
}
