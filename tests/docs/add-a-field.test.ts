import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { buildSchema, parse, validate } from 'graphql'
import { parse as parseYaml, stringify } from 'yaml'
import { z } from 'zod'
import { COMMANDS } from '../../cli/graph/commands.ts'
import type * as Shops from '../support/shop.ts'
import type { TestShop } from '../support/shop.ts'
import { copyRepository } from './support/copy-repository.ts'
import { type Block, placeOf, readPages } from './support/pages.ts'
import { jsonOf, stepsOf } from './support/steps.ts'

const page = readPages().find(({ path }) => path === 'docs/add-a-field.md')
assert.ok(page !== undefined)
const copy = await copyRepository()
const run = async (...args: string[]) => promisify(execFile)(process.execPath, args, { cwd: copy })

test('docs/add-a-field.md: a field that is added as it says composes, fits its types and is answered', async () => {
  for (const block of page.blocks.filter(({ flags }) => flags.includes('edit'))) await edit(block)
  assert.ok(await COMMANDS.compose.run(['--root', copy]))
  await generateTypes()
  const settings = { extends: './tsconfig.json', include: [], files: ['subgraphs/users/index.ts'] }
  await writeFile(join(copy, 'tsconfig.users.json'), JSON.stringify(settings))
  await run('node_modules/typescript/bin/tsc', '--noEmit', '--project', 'tsconfig.users.json')

  const [step] = stepsOf(page).filter(({ block }) => block.language === 'graphql' && block.flags.length === 0)
  assert.ok(step?.answer !== undefined)
  const api = buildSchema(await readFile(join(copy, 'schema/api.graphql'), 'utf8'))
  assert.deepEqual(validate(api, parse(step.block.text)), [])
  const users = await startUsers()
  const input = { email: 'ada@example.com', password: 'correct horse battery', name: 'Ada Lovelace' }
  const register = 'mutation ($input: RegisterInput!) { register(input: $input) { session { accessToken } } }'
  const token: string = (await users.call('users', register, { input })).data.register.session.accessToken
  const { data } = await users.call('users', step.block.text, {}, { id: null, tokenFor: () => token })
  assert.deepEqual({ data }, jsonOf(step.answer))
})

/** Puts the text of a block below the line that begins `of` in the file `in`. */
async function edit({ settings, text, ...block }: Block): Promise<void> {
  const file = join(copy, settings.get('in') ?? '')
  const lines = (await readFile(file, 'utf8')).split('\n')
  const begin = new RegExp(`^(?:type |  )${settings.get('of')}\\b.*\\{$`)
  const [at, ...others] = lines.flatMap((line, index) => (begin.test(line) ? [index] : []))
  assert.ok(
    at !== undefined && others.length === 0,
    `${placeOf({ settings, text, ...block })}: expected one place for it`,
  )
  await writeFile(file, lines.toSpliced(at + 1, 0, text.trimEnd()).join('\n'))
}

/** `npm run codegen`, of the changed subgraph alone. */
async function generateTypes(): Promise<void> {
  const file = join(copy, 'codegen.yml')
  const config = z
    .looseObject({ generates: z.record(z.string(), z.unknown()) })
    .parse(parseYaml(await readFile(file, 'utf8')))
  const users = Object.entries(config.generates).filter(([name]) => name === '.generated/users.ts')
  await writeFile(file, stringify({ ...config, generates: Object.fromEntries(users) }))
  await run('node_modules/@graphql-codegen/cli/esm/bin.js', '--config', 'codegen.yml', '--silent')
}

/** The subgraph of the copy; the types say that its code is of the same shape as this repository's. */
async function startUsers(): Promise<TestShop> {
  const file = join(copy, 'tests/support/shop.ts')
  const { startTestShop } = (await import(file)) as typeof Shops
  const shop = await startTestShop({ subgraphs: ['users'] })
  after(() => shop.stop())
  return shop
}
