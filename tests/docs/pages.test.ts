import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join, normalize } from 'node:path/posix'
import { after, test } from 'node:test'
import { z } from 'zod'
import { describeVariables, readConfig } from '#platform/runtime/config.ts'
import { readRouterOptions } from '../../router/options/router-options.ts'
import { commandsOf, readCommand } from './support/commands.ts'
import { RUN_BY, RUN_BY_NOBODY } from './support/elsewhere.ts'
import { runGraphCommands } from './support/graph-commands.ts'
import { checkBlock } from './support/kinds.ts'
import { checkTypes, removeModules, writeModules } from './support/modules.ts'
import { unknownMetrics, unknownNames } from './support/names.ts'
import { placeOf, readPages, ROOT } from './support/pages.ts'
import { isRunBesideShop } from './support/shell.ts'
import { stepsOf } from './support/steps.ts'

const pages = readPages()
const blocks = pages.flatMap((page) => page.blocks)
const modules = blocks.filter(({ language, flags }) => language === 'ts' && !flags.includes('edit'))
after(removeModules)

/** Runs `check` for each item, and tells all that is wrong with the pages at once. */
async function collect<Item>(items: readonly Item[], check: (item: Item) => unknown): Promise<void> {
  const wrong: string[] = []
  for (const item of items) {
    try {
      await check(item)
    } catch (error) {
      wrong.push(error instanceof Error ? error.message : String(error))
    }
  }
  assert.deepEqual(wrong, [])
}

test('every block is of a kind that is tested, and what it holds is well-formed', async () => {
  await collect(blocks, (block) => {
    try {
      checkBlock(block)
    } catch (error) {
      throw new Error(`${placeOf(block)}: ${String(error)}`, { cause: error })
    }
  })
  await collect(pages, stepsOf)
})

test('every link within the repository leads somewhere', async () => {
  const anchors = new Map(pages.map((page) => [page.path, page.anchors]))
  const links = pages.flatMap(({ path, links: all }) => all.map((link) => ({ path, link })))
  await collect(links, ({ path, link }) => {
    if (/^[a-z]+:/.test(link)) return
    const [file = '', anchor] = link.split('#')
    const target = file === '' ? path : normalize(join(dirname(path), file))
    assert.ok(existsSync(join(ROOT, target)), `${path}: ${link} is not there`)
    if (anchor !== undefined) assert.ok(anchors.get(target)?.has(anchor), `${path}: ${link} names no heading`)
  })
})

test('docs/README.md leads to every page, and docs/architecture.md to every decision', () => {
  const linksOf = (path: string) =>
    new Set(pages.find((page) => page.path === path)?.links.map((link) => basename(link)))
  const named = (folder: string) =>
    pages.filter(({ path }) => dirname(path) === folder).map(({ path }) => basename(path))
  const unnamed = [
    ...named('docs').filter((name) => name !== 'README.md' && !linksOf('docs/README.md').has(name)),
    ...named('docs/decisions').filter((name) => !linksOf('docs/architecture.md').has(name)),
  ]
  assert.deepEqual(unnamed, [])
})

test('every script of npm that a page names is there', async () => {
  const { scripts } = z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')))
  const texts = pages.flatMap(({ path, code, blocks: own }) =>
    [...code, ...own.filter(({ language }) => language === 'sh').map(({ text }) => text)].map((text) => ({
      path,
      text,
    })),
  )
  await collect(texts, ({ path, text }) => {
    for (const [, name] of text.matchAll(/\bnpm run (?:--silent )?([\w:-]+)/g))
      assert.ok(name !== undefined && Object.hasOwn(scripts, name), `${path}: npm run ${name} is no script`)
  })
})

test('every variable, code, value and metric that a page names is there', () => {
  assert.deepEqual([...unknownNames(pages), ...unknownMetrics(pages)], [])
})

test('every TypeScript block compiles under the settings of the repository', async () => {
  assert.equal(await checkTypes(modules), '')
})

test('every block of options is what the router takes', async () => {
  const options = modules.filter(
    ({ flags, text }) => flags.includes('router-options') || text.includes('defineRouter('),
  )
  const files = await writeModules(options)
  await collect([...options.entries()], async ([index, block]) => {
    try {
      await readRouterOptions(readConfig({ ROUTER_CONFIG: files[index] ?? '' }))
    } catch (error) {
      throw new Error(`${placeOf(block)}: ${String(error)}`, { cause: error })
    }
  })
})

const commands = blocks
  .filter((block) => block.language === 'sh' && !isRunBesideShop(block))
  .flatMap(commandsOf)
  .map((command) => ({ place: placeOf(command.block), ...readCommand(command) }))
const GRAPH = /^(?:npm run (?:--silent )?graph --|npx agora-graph) (.*)$/

test('every variable that a command is given is one, with such a value', async () => {
  const known = new Set(describeVariables().map(({ name }) => name))
  await collect(commands, ({ place, env }) => {
    for (const name of Object.keys(env)) assert.ok(known.has(name), `${place}: ${name} is no variable of ours`)
    readConfig(env)
  })
})

test('every command of npm run graph does what it says', async () => {
  const asked = commands.flatMap(({ place, name }) => {
    const args = GRAPH.exec(name)?.[1]
      ?.match(/'[^']*'|\S+/g)
      ?.map((word) => word.replaceAll("'", ''))
    return args === undefined ? [] : [{ place, args }]
  })
  const once = new Map(asked.map((one) => [one.args.join(' '), one]))
  const runs = await runGraphCommands([...once.values()].map(({ args }) => args))
  await collect([...once.entries()], ([name, { place }]) => {
    const run = runs.shift()
    assert.equal(run?.exitCode, 0, `${place}: graph ${name}: ${run?.output}`)
  })
})

test('every other command is run by a test that is named, and none is named in vain', async () => {
  const others = commands.filter(({ name }) => !GRAPH.test(name))
  await collect(others, ({ place, name }) => {
    assert.ok(
      Object.hasOwn(RUN_BY, name) || Object.hasOwn(RUN_BY_NOBODY, name),
      `${place}: no test runs ${name}: run it in tests/docs, or name what does in support/elsewhere.ts`,
    )
  })
  const names = new Set(others.map(({ name }) => name))
  await collect([...Object.keys(RUN_BY), ...Object.keys(RUN_BY_NOBODY)], (name) =>
    assert.ok(names.has(name), `support/elsewhere.ts: no page has ${name}`),
  )
  await collect(Object.entries(RUN_BY), ([name, by]) => {
    assert.ok(existsSync(join(ROOT, by)), `${name}: ${by} is not there`)
    if (by === '.ci/run') assert.ok(readFileSync(join(ROOT, by), 'utf8').includes(name), `.ci/run has no ${name}`)
  })
})
