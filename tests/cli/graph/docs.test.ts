import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { before, test } from 'node:test'
import { GraphError } from '../../../cli/graph/graph-error.ts'
import { runDocs } from '../../../cli/graph/docs/command.ts'
import { createRepository } from './repository.ts'

const { root, edit } = await createRepository()
const at = (path: string): string => join(root, 'docs/graph', path)
const read = (path: string): string => readFileSync(at(path), 'utf8')
const docs = (...args: string[]): Promise<boolean> => runDocs(['--root', root, '--format', 'github', ...args])

before(async () => {
  const imports = '"@key", "@shareable", "@tag"'
  await edit('schema/books.graphql', imports, `${imports}, "@cost", "@listSize", "@requiresScopes"`)
  await edit('schema/books.graphql', '): [Book!]', '): [Book!] @listSize(assumedSize: 20)')
  await edit(
    'schema/books.graphql',
    '  "How often it was printed."\n  printings: Int!',
    '  "Of **all** editions: <img src=x onerror=alert(1)>"\n  printings: Int! @cost(weight: 7) @requiresScopes(scopes: [["books:read"]]) @tag(name: "office")',
  )
  await edit('schema/books.graphql', '    topic: String\n', '    topic: String = "all"\n')
  assert.equal(await docs(), true)
})

test('every link of every page leads to something, from wherever the folder lies', () => {
  const pages = readdirSync(at(''), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.html'))
  assert.ok(pages.length >= 9)
  for (const page of pages) {
    for (const [, address = ''] of read(page).matchAll(/ (?:href|src)="([^"]*)"/g)) {
      const [path = '', anchor] = address.split('#')
      const target = path === '' ? at(page) : resolve(dirname(at(page)), path)
      assert.ok(!address.startsWith('/') && existsSync(target), `${page}: ${address}`)
      if (anchor === undefined) continue
      assert.ok(readFileSync(target, 'utf8').includes(` id="${anchor}"`), `${page}: ${address}`)
    }
  }
})

test('whatever search finds is there', () => {
  const [, list = ''] = /=([^]*)$/.exec(read('search.js')) ?? []
  const entries = JSON.parse(list) as [name: string, href: string][]
  const names = entries.map(([name]) => name)
  for (const name of ['Book', 'Book.printings', 'Query.books(topic:)', 'Format.FILE', 'ReviewInput.text', 'list-books'])
    assert.ok(names.includes(name), name)
  for (const [, href] of entries) assert.ok(existsSync(at(href.split('#')[0] ?? '')), href)
})

/** The part of a page with that anchor. */
const sectionOf = (page: string, anchor: string): string =>
  new RegExp(`<section id="${anchor}">[^]*?</section>`).exec(read(page))?.[0] ?? assert.fail(`no ${anchor} in ${page}`)

test('a field tells its type, owner, scopes, cost, tags, and the line of each operation that uses it', () => {
  const printings = sectionOf('types/Book.html', 'printings')
  for (const fact of [/<dd>7<\/dd>/, /the scope books:read/, /<code>office<\/code>/, /class="subgraph">books</])
    assert.match(printings, fact)
  assert.match(sectionOf('types/Book.html', 'reviews'), /class="subgraph">reviews</)
  assert.match(sectionOf('types/Book.html', 'title'), /Used by <a href="\.\.\/operations\/list-books\.html#L4">/)
  assert.match(sectionOf('types/Book.html', 'heading'), /Deprecated\.<\/strong> <p>2026-11-01: use title/)
  const books = sectionOf('types/Query.html', 'books')
  assert.match(books, /counts as 20/)
  assert.match(books, /<b>topic<\/b>: String = &quot;all&quot;/)
})

test('descriptions are Markdown, and nothing of them is HTML', () => {
  const printings = sectionOf('types/Book.html', 'printings')
  assert.match(printings, /Of <strong>all<\/strong> editions: &lt;img src=x/)
})

test('a contract’s reference knows nothing of what the contract hides', async () => {
  assert.equal(await docs('--contract', 'shop'), true)
  const all = readdirSync(join(root, 'docs/graph-shop'), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(?:html|js)$/.test(file))
    .map((file) => readFileSync(join(root, 'docs/graph-shop', file), 'utf8'))
    .join('')
  assert.match(all, /Book\.title/)
  assert.doesNotMatch(all, /printings/)
})

test('made again, it has no page of what is gone', async () => {
  writeFileSync(at('types/Gone.html'), 'gone')
  await docs()
  assert.equal(existsSync(at('types/Gone.html')), false)
})

test('a folder with something else in it is refused, and left alone', async () => {
  const folder = join(root, 'mine')
  mkdirSync(folder)
  writeFileSync(join(folder, 'index.html'), 'mine')
  await assert.rejects(docs('--out', folder), /--out: expected an empty folder or an older reference, .*mine/)
  assert.deepEqual(readdirSync(folder), ['index.html'])
  await assert.rejects(docs('--out', join(folder, 'index.html')), GraphError)
  await assert.rejects(docs('shop'), /docs: expected options alone .*, got shop/)
  await assert.rejects(docs('--contract', 'nobody'), /--contract: expected one of shop, got nobody/)
})

test('a graph that does not compose has no reference', async () => {
  await edit('schema/books.graphql', 'type Book @key(fields: "id")', 'type Book @key(fields: "isbn")')
  assert.equal(await docs(), false)
})
