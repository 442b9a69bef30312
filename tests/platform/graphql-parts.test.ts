import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { GraphQLError, parseValue } from 'graphql'
import { z } from 'zod'
import { type Connection, decodeCursor, encodeCursor, readFirst, toConnection } from '#platform/graphql/connections.ts'
import { formatError, toGraphQLError } from '#platform/graphql/format-error.ts'
import { isWebAddress, SCALARS } from '#platform/graphql/scalars.ts'
import { CallerError } from '#platform/kernel/errors.ts'
import { capturedLog } from './support/captured-log.ts'

const isBadInput = (error: unknown) => error instanceof CallerError && error.code === 'BAD_USER_INPUT'
const keySchema = z.tuple([z.string(), z.number()])

test('a cursor gives back the key it was made of', () => {
  const key = fc.tuple(fc.string({ unit: 'grapheme' }), fc.integer())
  fc.assert(fc.property(key, (value) => assert.deepEqual(decodeCursor(encodeCursor(value), keySchema), value)))
  assert.equal(decodeCursor(null, keySchema), null)
  assert.equal(decodeCursor(undefined, keySchema), null)
})

test('whatever else comes as a cursor is the caller’s fault, never ours', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) =>
      assert.throws(() => decodeCursor(text, keySchema), isBadInput),
    ),
  )
  for (const text of ['', encodeCursor([]), encodeCursor(['a', 'b']), encodeCursor([1, 1]), 'bnVsbA']) {
    assert.throws(() => decodeCursor(text, keySchema), isBadInput)
  }
})

test('first is from 1 to 100', () => {
  for (const first of [1, 20, 100]) assert.equal(readFirst(first), first)
  for (const first of [0, -1, 101, 2 ** 31 - 1]) assert.throws(() => readFirst(first), isBadInput)
})

test('pages put together are the whole, in order, whatever the size of a page', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(), { maxLength: 50 }), fc.integer({ min: 1, max: 20 }), (values, first) => {
      const rows = values.toSorted((a, b) => a - b)
      const all: number[] = []
      for (let after: string | null = null; ; ) {
        const last: [number] | null = decodeCursor(after, z.tuple([z.number()]))
        const page: Connection<number> = toConnection(
          rows.filter((row) => last === null || row > last[0]).slice(0, first + 1),
          { first, after },
          (row) => [row],
        )
        all.push(...page.nodes)
        assert.equal(page.pageInfo.hasPreviousPage, after !== null)
        assert.ok(page.nodes.length <= first)
        if (!page.pageInfo.hasNextPage) break
        after = page.pageInfo.endCursor
      }
      assert.deepEqual(all, rows)
    }),
  )
  const none = toConnection([], { first: 1 }, () => [])
  assert.deepEqual(none.pageInfo, { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null })
})

const cases = {
  Decimal: { good: ['0', '-1', '299.99', '0.000'], bad: ['', '1.', '.5', '01', '1e3', '+1', 'NaN', 1.5, null, true] },
  Date: { good: ['2026-11-20', '2024-02-29'], bad: ['2026-02-29', '2026-13-01', '2026-1-1', '20261120', 'today', 7] },
  DateTime: {
    good: ['2026-11-20T15:30:00Z', '2026-11-20T15:30:00.123Z', '2026-11-20T15:30:00+01:00'],
    bad: ['2026-11-20', '2026-02-30T00:00:00Z', '2026-11-20T25:00:00Z', '2026-11-20T15:30:00', 'now', 0],
  },
  URL: {
    good: ['https://example.com/a?b#c', 'http://localhost:4000'],
    bad: ['javascript:alert(1)', 'data:text/html,x', '/relative', 'example.com', 'ftp://example.com', '', null],
  },
} as const
for (const [name, { good, bad }] of Object.entries(cases)) {
  test(`${name} takes what it is, as a variable and as a literal, and refuses the rest`, () => {
    const scalar = SCALARS[name as keyof typeof cases]
    for (const value of good) {
      const parsed = scalar.parseValue(value)
      assert.deepEqual(scalar.parseLiteral(parseValue(JSON.stringify(value))), parsed)
      assert.deepEqual(scalar.parseValue(scalar.serialize(parsed)), parsed)
    }
    for (const value of bad) {
      assert.throws(() => scalar.parseValue(value), isBadInput, String(value))
      assert.throws(() => scalar.parseLiteral(parseValue(JSON.stringify(value))), isBadInput, String(value))
    }
  })
}

test('a time is a Date inside, in UTC outside', () => {
  const date = SCALARS.DateTime.parseValue('2026-11-20T15:30:00+01:00')
  assert.ok(date instanceof Date)
  assert.equal(SCALARS.DateTime.serialize(date), '2026-11-20T14:30:00.000Z')
  assert.equal(isWebAddress('https://x.y'), true)
})

test('masks whatever is thrown, and logs it once under the id that the client has', () => {
  for (const thrown of [new Error('secret'), 'secret', { secret: 1 }, new GraphQLError('secret', { path: ['a', 0] })]) {
    const { log, lines } = capturedLog()
    const formatted = formatError(thrown, log)
    assert.doesNotMatch(JSON.stringify(formatted), /secret/)
    assert.equal(formatted.extensions?.['code'], 'INTERNAL_SERVER_ERROR')
    assert.deepEqual(
      lines().map(({ errorId }) => errorId),
      [formatted.extensions?.['errorId']],
    )
  }
})

test('only codes of the closed list go out; a code of somebody’s own is a bug', () => {
  const { log } = capturedLog()
  const known = new GraphQLError('told', { path: ['a'], extensions: { code: 'FORBIDDEN' } })
  assert.deepEqual(formatError(known, log), { message: 'told', path: ['a'], extensions: { code: 'FORBIDDEN' } })
  const own = new GraphQLError('secret', { path: ['a'], extensions: { code: 'MY_CODE', detail: 'secret' } })
  assert.doesNotMatch(JSON.stringify(formatError(own, log)), /secret|MY_CODE/)
  const wrapped = new GraphQLError('outer', {
    path: ['a'],
    originalError: toGraphQLError(new CallerError('NOT_FOUND', 'told', 'id'), 404),
  })
  assert.deepEqual(formatError(wrapped, log), {
    message: 'told',
    path: ['a'],
    extensions: { code: 'NOT_FOUND', field: 'id' },
  })
})
