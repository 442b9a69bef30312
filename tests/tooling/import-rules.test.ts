import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'

// docs/architecture.md's table "what may import what", row by row: what lint must refuse, and what it must let pass.
const refused = [
  ['platform/kernel/money.ts', `import { readFile } from 'node:fs/promises'\nexport const x = readFile`],
  ['platform/kernel/money.ts', `import type { Config } from '../runtime/config.ts'\nexport type X = Config`],
  ['schema/events/orders.ts', `import type { Config } from '#platform/runtime/config.ts'\nexport type X = Config`],
  ['schema/events/orders.ts', `import { place } from '../../subgraphs/orders/index.ts'\nexport const x = place`],
  ['platform/graphql/context.ts', `import { users } from '../../subgraphs/users/index.ts'\nexport const x = users`],
  ['platform/embedded/supervisor.ts', `import { start } from '../../router/main.ts'\nexport const x = start`],
  ['subgraphs/orders/domain/order.ts', `import { sql } from '@mikro-orm/core'\nexport const x = sql`],
  ['subgraphs/orders/domain/order.ts', `import { GraphQLError } from 'graphql'\nexport const x = GraphQLError`],
  ['subgraphs/orders/domain/order.ts', `import { readFile } from 'node:fs/promises'\nexport const x = readFile`],
  ['subgraphs/orders/domain/order.ts', `import { find } from '../persistence/orders.ts'\nexport const x = find`],
  ['subgraphs/orders/domain/order.ts', `import { parse } from '#schema/events/orders.ts'\nexport const x = parse`],
  ['subgraphs/orders/domain/order.ts', `import { newId } from '#platform/kernel/ids.ts'\nexport const x = newId`],
  ['subgraphs/users/domain.ts', `import type { Row } from '#platform/db/database.ts'\nexport type X = Row`],
  [
    'subgraphs/orders/persistence/orders.ts',
    `import { place } from '../commands/place-order.ts'\nexport const x = place`,
  ],
  ['subgraphs/orders/persistence/orders.ts', `import { resolvers } from '../resolvers.ts'\nexport const x = resolvers`],
  [
    'subgraphs/orders/persistence/orders.ts',
    `import { start } from '#platform/jobs/worker.ts'\nexport const x = start`,
  ],
  ['subgraphs/orders/commands/place-order.ts', `import { GraphQLError } from 'graphql'\nexport const x = GraphQLError`],
  ['subgraphs/orders/commands/place-order.ts', `import DataLoader from 'dataloader'\nexport const x = DataLoader`],
  ['subgraphs/orders/commands/place-order.ts', `import { pay } from '../../payments/index.ts'\nexport const x = pay`],
  ['subgraphs/orders/resolvers.ts', `import { pay } from '../payments/index.ts'\nexport const x = pay`],
  ['subgraphs/orders/loaders.ts', `import type { Row } from '../users/persistence/users.ts'\nexport type X = Row`],
  ['subgraphs/orders/events/payment-failed.ts', `export { pay } from '../../payments/index.ts'`],
  ['router/gateway.ts', `import { registry } from '../subgraphs/registry.ts'\nexport const x = registry`],
  ['router/executor/execute.ts', `import { registry } from '../../subgraphs/registry.ts'\nexport const x = registry`],
  ['sandbox/ledger.ts', `import { parse } from '#schema/events/payments.ts'\nexport const x = parse`],
  ['sandbox/ledger.ts', `import { pay } from '../subgraphs/payments/index.ts'\nexport const x = pay`],
  ['router/main.ts', `import { port } from '../tests/support/port.ts'\nexport const x = port`],
  ['client/send.ts', `import { readFile } from 'node:fs/promises'\nexport const x = readFile`],
  ['client/send.ts', `import { listen } from '#platform/runtime/http.ts'\nexport const x = listen`],
  ['client/send.ts', `import { start } from '../router/start-router.ts'\nexport const x = start`],
  ['router/main.ts', `import { createClient } from '../client/index.ts'\nexport const x = createClient`],
  [
    'platform/runtime/http.ts',
    `import { compose } from '../../cli/graph/source/composition.ts'\nexport const x = compose`,
  ],
] as const

const allowed = [
  ['platform/kernel/errors.ts', `import { fail } from './result.ts'\nexport const x = fail`],
  [
    'schema/events/users.ts',
    `import { z } from 'zod'\nimport { isId } from '#platform/kernel/ids.ts'\nexport const x = [z, isId]`,
  ],
  ['platform/graphql/guards.ts', `import { parse } from '#schema/events/users.ts'\nexport const x = parse`],
  [
    'subgraphs/users/domain/user.ts',
    `import type { Event } from '#schema/events/users.ts'\nimport { isId } from '#platform/kernel/ids.ts'\nexport type X = Event\nexport const x = isId`,
  ],
  [
    'subgraphs/users/persistence/users.ts',
    `import { User } from '../domain/user.ts'\nimport { sql } from '@mikro-orm/core'\nimport { open } from '#platform/db/database.ts'\nexport const x = [User, sql, open]`,
  ],
  [
    'subgraphs/users/commands/register.ts',
    `import { User } from '../domain/user.ts'\nimport { save } from '../persistence/users.ts'\nimport { add } from '#platform/jobs/worker.ts'\nexport const x = [User, save, add]`,
  ],
  [
    'subgraphs/users/resolvers.ts',
    `import { register } from './commands/register.ts'\nimport { GraphQLError } from 'graphql'\nexport const x = [register, GraphQLError]`,
  ],
  ['subgraphs/registry.ts', `import { users } from './users/index.ts'\nexport const x = users`],
  ['router/server.ts', `import { open } from '#platform/runtime/http.ts'\nexport const x = open`],
  ['sandbox/server.ts', `import { open } from '#platform/runtime/http.ts'\nexport const x = open`],
  ['client/money.ts', `import { add } from '#platform/kernel/money.ts'\nexport const x = add`],
  [
    'cli/start.ts',
    `import { users } from '../subgraphs/users/index.ts'\nimport { start } from '../router/main.ts'\nexport const x = [users, start]`,
  ],
  ['tests/subgraphs/users.test.ts', `import { users } from '../../subgraphs/users/index.ts'\nexport const x = users`],
] as const

const root = mkdtempSync(join(tmpdir(), 'import-rules-'))
after(() => rmSync(root, { recursive: true, force: true }))
cpSync(new URL('../../.oxlintrc.json', import.meta.url), join(root, '.oxlintrc.json'))

for (const [file, source] of refused) {
  test(`lint refuses in ${file}: ${firstLine(source)}`, () => {
    assert.deepEqual(rulesBroken({ [file]: source }), ['eslint(no-restricted-imports)'])
  })
}

test('lint lets pass what the table allows', () => {
  assert.deepEqual(rulesBroken(Object.fromEntries(allowed)), [])
})

test('lint refuses a cycle', () => {
  const files = {
    'platform/live/a.ts': `import { b } from './b.ts'\nexport const a = () => b`,
    'platform/live/b.ts': `import { a } from './a.ts'\nexport const b = () => a`,
  }
  assert.ok(rulesBroken(files).includes('import(no-cycle)'))
})

test('lint refuses the clock and chance in the domain', () => {
  const file = 'subgraphs/orders/domain/expiry.ts'
  assert.deepEqual(rulesBroken({ [file]: 'export const x = () => Date.now()' }), ['eslint(no-restricted-properties)'])
  assert.deepEqual(rulesBroken({ [file]: 'export const x = () => crypto.randomUUID()' }), [
    'eslint(no-restricted-globals)',
  ])
})

test('lint refuses a second reader of the environment', () => {
  assert.deepEqual(rulesBroken({ 'platform/db/server.ts': 'export const x = process.env' }), [
    'eslint(no-restricted-properties)',
  ])
  assert.deepEqual(rulesBroken({ 'subgraphs/main.ts': 'export const x = process.env' }), [])
})

test('lint refuses `any` and `!`', () => {
  assert.deepEqual(rulesBroken({ 'router/a.ts': 'export const x = (y: any): unknown => y' }), [
    'typescript(no-explicit-any)',
  ])
  assert.deepEqual(rulesBroken({ 'router/a.ts': 'export const x = (y?: string): string => y!' }), [
    'typescript(no-non-null-assertion)',
  ])
})

/** Plants `files` beside the project's own lint configuration and returns the rules that lint says they break. */
function rulesBroken(files: Record<string, string>): string[] {
  for (const folder of ['platform', 'schema', 'subgraphs', 'router', 'sandbox', 'client', 'cli', 'tests']) {
    rmSync(join(root, folder), { recursive: true, force: true })
  }
  for (const [file, source] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), `${source}\n`)
  }
  const lint = spawnSync(process.execPath, [oxlint(), '--format=json'], { cwd: root, encoding: 'utf8' })
  const { diagnostics } = JSON.parse(lint.stdout) as { diagnostics: { code: string }[] }
  assert.equal(lint.status === 0, diagnostics.length === 0, lint.stdout)
  return [...new Set(diagnostics.map((diagnostic) => diagnostic.code))]
}

function oxlint(): string {
  const manifest = createRequire(import.meta.url).resolve('oxlint/package.json')
  return join(dirname(manifest), 'bin', 'oxlint')
}

function firstLine(source: string): string {
  return source.split('\n')[0] ?? ''
}
