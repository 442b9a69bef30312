import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { appendFile, cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { buildSchema } from 'graphql'
import { chooseNames } from '../../cli/new-subgraph/names.ts'
import { planSubgraph } from '../../cli/new-subgraph/plan-subgraph.ts'
import { writeFiles } from '../../cli/new-subgraph/write-files.ts'
import { commandsOf, readCommand } from '../docs/support/commands.ts'
import { type Block, readPage } from '../docs/support/pages.ts'
import { jsonOf, stepsOf } from '../docs/support/steps.ts'

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url))
// What is not in git, and git's own.
const LEFT_OUT = ['.git', '.data', '.generated', 'node_modules', 'coverage']

// `npm run test:deep` sets it.
const isDeep = process.env['AGORA_DEEP'] === '1'

/** A copy of this repository, all of it committed. */
let root = ''
const git = (...args: string[]): string => execFileSync('git', args, { cwd: root, encoding: 'utf8' })

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'agora-new-subgraph-'))
  for (const name of await readdir(REPOSITORY)) {
    if (!LEFT_OUT.includes(name)) await cp(join(REPOSITORY, name), join(root, name), { recursive: true })
  }
  await symlink(join(REPOSITORY, 'node_modules'), join(root, 'node_modules'), 'junction')
  git('init', '--quiet')
  git('add', '--all')
  git('-c', 'user.name=Graph', '-c', 'user.email=graph@example.com', 'commit', '--quiet', '--message', 'all')
})
after(() => rm(root, { recursive: true, force: true }))

/** Runs Node in the copy; what it printed. Rejects with that where it fails. */
async function node(...args: string[]): Promise<string> {
  // A test runner inside a test prints for people, too.
  const { NODE_TEST_CONTEXT: _context, ...env } = process.env
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, {
    cwd: root,
    env,
    maxBuffer: 16_000_000,
  })
  return stdout + stderr
}

const plan = (name: string) => planSubgraph(root, { name, entity: undefined })

const api = buildSchema(readFileSync(join(REPOSITORY, 'schema/api.graphql'), 'utf8'))
const namesOf = (name: string | undefined, entity?: string) => chooseNames({ name, entity }, api)

test('refuses what can be no name, or is one already, and says what was expected', () => {
  for (const [name, sentence] of [
    [undefined, /expected a name of 2 to 30 lower-case letters/],
    ['Reviews', /lower-case letters and digits that begins with a letter, such as reviews, got "Reviews"/],
    ['gift-cards', /got "gift-cards"/],
    ['9lives', /got "9lives"/],
    ['users', /users is there already, in subgraphs\/users/],
    // A folder inside subgraphs, a variable of the configuration, and words of the language.
    ['domain', /domain means something else already/],
    ['jwks', /jwks means something else already/],
    ['delete', /delete means something else already/],
    ['await', /await means something else already/],
  ] as const)
    assert.throws(() => namesOf(name), sentence, name ?? 'nothing')
})

test('refuses a type that the graph has, and one that is no type’s name', () => {
  assert.throws(() => namesOf('wares', 'Product'), /the graph has Product already: name another type with --entity/)
  assert.throws(() => namesOf('wares', 'ware'), /--entity: expected a type's name in PascalCase \(Review\), got "ware"/)
  assert.equal(namesOf('wares', 'GiftCard').table, 'gift_card')
})

test('names its first type in the singular', () => {
  for (const [name, entity] of [
    ['wares', 'Ware'],
    ['galleries', 'Gallery'],
    ['boxes', 'Box'],
    ['loyalty', 'Loyalty'],
  ] as const)
    assert.equal(namesOf(name).Entity, entity)
})

/** Does `work` while a file of the copy holds something else. */
async function whileChanged(file: string, change: (text: string) => string, work: () => Promise<void>): Promise<void> {
  const path = join(root, file)
  const text = readFileSync(path, 'utf8')
  writeFileSync(path, change(text))
  await work()
  writeFileSync(path, text)
}

test('refuses where something of it is left over, and where changes are not committed', async () => {
  const add = (more: string) => (text: string) => `${text}${more}`
  await whileChanged('codegen.yml', add('  .generated/wares.ts:\n'), () =>
    assert.rejects(plan('wares'), /codegen\.yml:\d+ has wares already: take another name, or undo what is left/),
  )
  await whileChanged('supergraph.yaml', add('# mine\n'), () =>
    assert.rejects(plan('wares'), /commit or undo your changes first.*: supergraph\.yaml/),
  )
  await whileChanged(
    'platform/runtime/names.ts',
    () => '',
    () =>
      assert.rejects(plan('wares'), /platform\/runtime\/names\.ts: expected the place where the subgraphs are named/),
  )
})

test('a failure in the middle leaves everything as it was', async () => {
  const { files } = await plan('wares')
  const failing = () => writeFiles(root, files, () => Promise.reject(new Error('no space')))
  await assert.rejects(failing, /no space/)
  assert.equal(git('status', '--porcelain', '--untracked-files=all'), '')
  assert.equal(existsSync(join(root, 'subgraphs/wares')), false)
})

test('makes a subgraph that keeps the types and rules of the rest, and passes the conformance tests', async () => {
  const said = await node('cli/new-subgraph.ts', own('reviews'))
  assert.ok(said.includes(own('The subgraph reviews is there, with the type Review, on port')), said)
  assert.match(await node('cli/graph/main.ts', 'compose', '--check'), /The composed schemas are current/)
  if (isDeep) await keepsAllRules()
})

test('docs/add-a-subgraph.md: whoever does what it says has products with reviews, which do all that, too', async () => {
  for (const block of page.blocks) await follow(block)
  await node('cli/graph/main.ts', 'compose')
  await node('node_modules/@biomejs/biome/bin/biome', 'format', own('subgraphs/reviews'), OWN_TESTS)
  assert.match(await node('cli/graph/main.ts', 'lint'), /The schemas keep the rules/)
  await writeFile(join(root, 'tests/subgraphs/page.test.ts'), testOfAnswer())
  const tooling = ['containers', 'configuration', 'errors'].map((name) => `tests/tooling/${name}.test.ts`)
  // In one process, since starting is most of it.
  const conformance = isDeep ? [] : ['--test-isolation=none', 'tests/conformance/contract.test.ts']
  const ran = await runTests(...conformance, ...tooling, 'tests/subgraphs/page.test.ts', OWN_TESTS)
  const promises = [
    'what somebody signed in has made',
    own('a product has its reviews, the newest first'),
    'the page’s answer',
  ]
  for (const promise of promises) assert.ok(ran.includes(promise), promise)
  if (isDeep) await keepsAllRules()
})

test('docs/add-a-subgraph.md names no other command, and no page that is not there', () => {
  const commands = page.blocks.filter(({ language }) => language === 'sh').flatMap(commandsOf)
  assert.deepEqual([...new Set(commands.map((command) => readCommand(command).name))], COMMANDS)
  for (const link of page.links) assert.ok(existsSync(join(REPOSITORY, 'docs', link)), link)
})

// Whoever did what the page says has this subgraph: then it is done with another, whose name is as long, since the format minds.
const own = (text: string): string =>
  existsSync(join(REPOSITORY, 'subgraphs/reviews'))
    ? text.replaceAll('review', 'rating').replaceAll('Review', 'Rating')
    : text
const page = readPage('docs/add-a-subgraph.md')
const today = new Date().toISOString().slice(0, 10)
const OWN_TESTS = own('tests/subgraphs/reviews.test.ts')
// Run above, or by `npm run test:deep`, as npm runs them; but for `npm start` and `graph check`, which have tests of their own.
const COMMANDS = [
  'npm run new:subgraph reviews',
  'npm run typecheck',
  'npm run lint',
  'npx node --test tests/subgraphs/reviews.test.ts',
  'npx node --test "tests/conformance/*.test.ts"',
  'npm start',
  'npm run compose',
  'npm run graph -- lint',
  'npm run graph -- check',
]

/** A minute of processor time. */
async function keepsAllRules(): Promise<void> {
  await node('node_modules/@graphql-codegen/cli/esm/bin.js', '--config', 'codegen.yml', '--silent')
  await node('node_modules/typescript/bin/tsc', '--noEmit')
  await node('node_modules/oxlint/bin/oxlint', '--type-aware', '--deny-warnings')
  const others = ['client/apollo-client', 'supergraph/partial-failure', 'embedded/plan', 'tooling/*', 'conformance/*']
  await runTests(...others.map((name) => `tests/${name}.test.ts`))
}

const runTests = (...args: string[]): Promise<string> => node('--test', '--test-reporter=spec', ...args)

/** A test that asks what the page asks, for the answer that it shows. */
function testOfAnswer(): string {
  const [step] = stepsOf(page).filter(({ block }) => block.language === 'graphql' && block.flags.length === 0)
  assert.ok(step?.answer !== undefined)
  return own(`import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTestShop } from '../support/shop.ts'

test('the page’s answer', async () => {
  const shop = await startTestShop({ subgraphs: ['reviews'] })
  const { data } = await shop.call('reviews', ${JSON.stringify(step.block.text)}, {}, shop.user())
  await shop.stop()
  assert.deepEqual({ data }, ${JSON.stringify(jsonOf(step.answer))})
})
`)
}

/** Does with a block what the page says: the whole file, at its end, or below the line that the block begins with. */
async function follow({ flags, settings, text: shown }: Block): Promise<void> {
  const text = own(shown)
  const whole = settings.get('file')
  if (whole !== undefined) await writeFile(join(root, own(whole)), text.replaceAll('${today}', today))
  const file = join(root, own(settings.get('in') ?? ''))
  if (flags.includes('append')) await appendFile(file, `\n${text}`)
  if (!flags.includes('edit')) return
  const [anchor = '', ...lines] = text.trimEnd().split('\n')
  const before = await readFile(file, 'utf8')
  // A description may come before the line below which the rest goes.
  const at = lines.findIndex((line) => line === '' || !before.includes(`\n${line}\n`))
  const found = [anchor, ...lines.slice(0, at)].join('\n')
  assert.equal(before.split(`${found}\n`).length, 2, `${settings.get('in')}: expected once ${found}`)
  await writeFile(
    file,
    before.replace(`${found}\n`, () => `${text.trimEnd()}\n`),
  )
}
