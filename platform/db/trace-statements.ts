import type pg from 'pg'
import { startSpan } from '../telemetry/tracing.ts'

// Enough to know a statement by.
const SHOWN_CHARACTERS = 1_000

/** A span for each statement of the connection that is sent within another span; polling makes none. */
export function traceStatements(client: pg.PoolClient): void {
  const query = client.query.bind(client) as (...args: unknown[]) => unknown
  const traced = (...args: unknown[]) => {
    const [first] = args
    const text = typeof first === 'string' ? first : String((first as { text?: string }).text)
    const span = startSpan(`SQL ${operationOf(text)}`, {
      kind: 'client',
      attributes: () => ({ 'db.system.name': 'postgresql', 'db.query.text': withoutValues(text) }),
    })
    const result = query(...args)
    if (span === undefined) return result
    // A statement with a callback or a cursor ends elsewhere; its span shows when it was sent.
    if (!(result instanceof Promise)) span.end()
    else result.then(() => span.end(), span.end)
    return result
  }
  Object.assign(client, { query: traced })
}

const operationOf = (text: string): string => /^\s*(\w+)/.exec(text)?.[1]?.toUpperCase() ?? 'statement'

/** Values belong to people: none leaves with a span. */
const withoutValues = (text: string): string => text.replaceAll(/'(?:[^']|'')*'/g, '?').slice(0, SHOWN_CHARACTERS)
