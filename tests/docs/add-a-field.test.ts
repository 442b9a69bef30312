import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { parse, stringify } from 'yaml'
import { z } from 'zod'
import type * as Configs from '#platform/runtime/config.ts'
import type * as Routers from '../../router/start-router.ts'
import { postGraphQL } from '../support/client.ts'
import type * as Loggers from '../support/quiet.ts'
import type * as Shops from '../support/shop.ts'
import { copyRepository } from './support/copy-repository.ts'
import { type Block, placeOf, readPages, ROOT } from './support/pages.ts'
import { jsonOf, stepsOf } from './support/steps.ts'

const page = readPages().find(({ path }) => path === 'docs/add-a-field.md')
assert.ok(page !== undefined)
const copy = await copyRepository()
const run = async (...args: string[]) => promisify(execFile)(process.execPath, args, { cwd: copy })

test('docs/add-a-field.md: a field that is added as it says composes, fits its types and is answered', async () => {
  for (const block of page.blocks.filter(({ flags }) => flags.includes('edit'))) await edit(block)
  await run(join(ROOT, 'cli/graph/main.ts'), 'compose', '--root', copy)
  await generateTypes()
  const settings = { extends: './tsconfig.json', include: [], files: ['subgraphs/users/index.ts'] }
  await writeFile(join(copy, 'tsconfig.users.json'), JSON.stringify(settings))
  await run('node_modules/typescript/bin/tsc', '--noEmit', '--project', 'tsconfig.users.json')

  const router = await startUsersAndRouter()
  const input = { email: 'ada@example.com', password: 'correct horse battery', name: 'Ada Lovelace' }
  const register = 'mutation ($input: RegisterInput!) { register(input: $input) { session { accessToken } } }'
  const { data } = await postGraphQL(router.url, { document: register, variables: { input } })
  const [step] = stepsOf(page).filter(({ block }) => block.language === 'graphql' && block.flags.length === 0)
  assert.ok(step?.answer !== undefined)
  const token = data.register.session.accessToken
  const answer = await postGraphQL(router.url, { document: step.block.text, token })
  assert.deepEqual({ data: answer.data }, jsonOf(step.answer))
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
    .parse(parse(await readFile(file, 'utf8')))
  const users = Object.entries(config.generates).filter(([name]) => name === '.generated/users.ts')
  await writeFile(file, stringify({ ...config, generates: Object.fromEntries(users) }))
  await run('node_modules/@graphql-codegen/cli/esm/bin.js', '--config', 'codegen.yml', '--silent')
}

/** The copy's own code: the types say that of this repository is of the same shape. */
async function startUsersAndRouter() {
  const load = async <Module>(path: string) => (await import(join(copy, path))) as Module
  const { startTestShop } = await load<typeof Shops>('tests/support/shop.ts')
  const { startRouter } = await load<typeof Routers>('router/start-router.ts')
  const { readConfig } = await load<typeof Configs>('platform/runtime/config.ts')
  const { quiet } = await load<typeof Loggers>('tests/support/quiet.ts')
  const shop = await startTestShop({ subgraphs: ['users'] })
  const supergraphSdl = await readFile(join(copy, 'schema/supergraph.graphql'), 'utf8')
  const config = readConfig(shop.env)
  const router = await startRouter({ config, supergraphSdl, log: quiet, host: '127.0.0.1', port: 0 })
  after(async () => {
    await router.stop()
    await shop.stop()
  })
  return router
}
