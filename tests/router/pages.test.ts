import assert from 'node:assert/strict'
import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { buildSchema, parse, validate } from 'graphql'
import { globSync } from 'node:fs'
import { readConfig } from '#platform/runtime/config.ts'
import { listen } from '#platform/runtime/http.ts'
import { readRouterOptions } from '../../router/options/router-options.ts'
import { servePages } from '../../router/pages/serve-pages.ts'
import { quiet } from '../support/quiet.ts'

const folder = await mkdtemp(join(tmpdir(), 'agora-pages-'))
after(() => rm(folder, { recursive: true }))
await mkdir(join(folder, 'assets'))
await Promise.all([
  writeFile(join(folder, 'index.html'), '<!doctype html><title>GraphiQL</title>'),
  writeFile(join(folder, 'assets', 'index-abc.js'), 'export {}'),
  writeFile(join(folder, 'assets', 'index-abc.css'), 'a {}'),
  writeFile(join(folder, 'secret.txt'), 'not for anybody'),
])

/** The pages of a router with these variables, with a graph that answers `graph`. */
async function startPages(env: Record<string, string>, graphiqlFolder = folder): Promise<string> {
  const config = readConfig(env)
  const options = await readRouterOptions(config)
  const pages = await servePages({ config, options, log: quiet, graphiqlFolder })
  const { server, url } = await listen(
    {
      paths: { ...pages.paths, '/graphql': pages.orPage((_request, response) => void response.end('graph')) },
      otherwise: (_request, response) => void response.writeHead(404).end(),
    },
    { host: '127.0.0.1', port: 0 },
  )
  after(() => server.close())
  return url
}

const development = await startPages({ NODE_ENV: 'development' })
const production = await startPages({ NODE_ENV: 'production' })
const html = { accept: 'text/html,*/*;q=0.8' }
const statusOf = async (url: string) => (await fetch(url, { headers: html, redirect: 'manual' })).status

/** A path as it is: `fetch` would take its dots away. */
const statusOfPath = (path: string) =>
  new Promise<number | undefined>((resolve, reject) => {
    request(development, { path }, (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end()
  })

test('GraphiQL is at /graphiql: its page asked for each time, its assets kept for ever', async () => {
  for (const path of ['/graphiql', '/graphiql/']) {
    const page = await fetch(development + path)
    assert.equal(page.headers.get('content-type'), 'text/html; charset=utf-8')
    assert.equal(page.headers.get('cache-control'), 'no-cache')
    assert.match(
      page.headers.get('content-security-policy') ?? '',
      /default-src 'none'.*script-src 'self';.*connect-src 'self';/,
    )
    assert.match(await page.text(), /GraphiQL/)
  }
  for (const [name, type] of [
    ['index-abc.js', 'text/javascript'],
    ['index-abc.css', 'text/css'],
  ]) {
    const asset = await fetch(`${development}/graphiql/assets/${name}`)
    assert.equal(asset.headers.get('content-type'), `${type}; charset=utf-8`)
    assert.equal(asset.headers.get('cache-control'), 'public, max-age=31536000, immutable')
  }
})

test('nothing but the built files is served, whatever a path says', async () => {
  for (const path of [
    'secret.txt',
    'assets',
    'assets/',
    'assets/../secret.txt',
    'assets/..%2fsecret.txt',
    '../../package.json',
    'assets/none.js',
  ])
    assert.equal(await statusOfPath(`/graphiql/${path}`), 404, path)
})

test('a page is read, not written', async () => {
  const head = await fetch(`${development}/graphiql`, { method: 'HEAD' })
  assert.deepEqual([head.status, await head.text()], [200, ''])
  const post = await fetch(`${development}/graphiql`, { method: 'POST' })
  assert.deepEqual([post.status, post.headers.get('allow')], [405, 'GET, HEAD'])
})

test('a browser that opens the graph’s address lands on a page, a client does not', async () => {
  const page = await fetch(`${development}/graphql`, { headers: html })
  assert.equal(page.url, `${development}/`)
  assert.match(await page.text(), /Apollo Sandbox.*href="\/graphiql"/s)
  assert.equal(await (await fetch(`${development}/graphql`)).text(), 'graph')
  assert.equal(await (await fetch(`${development}/graphql?query={a}`, { headers: html })).text(), 'graph')
})

test('production shows no page that it was not asked for', async () => {
  assert.equal(await statusOf(`${production}/`), 404)
  assert.equal(await statusOf(`${production}/graphiql`), 404)
  assert.equal(await (await fetch(`${production}/graphql`, { headers: html })).text(), 'graph')
})

test('each page can be switched on and off by itself', async () => {
  const onlyGraphiql = await startPages({ NODE_ENV: 'production', GRAPHIQL: 'on' })
  assert.equal((await fetch(`${onlyGraphiql}/`)).url, `${onlyGraphiql}/graphiql`)
  const onlySandbox = await startPages({ NODE_ENV: 'development', GRAPHIQL: 'off' })
  assert.equal(await statusOf(`${onlySandbox}/graphiql`), 404)
  assert.doesNotMatch(await (await fetch(`${onlySandbox}/`)).text(), /graphiql/)
})

test('GraphiQL that was asked for and is not built stops the start; that of development is merely not there', async () => {
  const nowhere = join(folder, 'nowhere')
  await assert.rejects(
    startPages({ NODE_ENV: 'production', GRAPHIQL: 'on' }, nowhere),
    /pages\.graphiql: GraphiQL is not built: `npm run pages` builds it/,
  )
  const unbuilt = await startPages({ NODE_ENV: 'development' }, nowhere)
  assert.equal(await statusOf(`${unbuilt}/graphiql`), 404)
  assert.equal(await statusOf(`${unbuilt}/`), 200)
})

test('what GraphiQL’s tabs ask for is in the shop’s graph', async () => {
  const root = new URL('../../', import.meta.url)
  const schema = buildSchema(await readFile(new URL('schema/api.graphql', root), 'utf8'))
  const files = globSync('web/graphiql/tabs/*.graphql', { cwd: root })
  assert.ok(files.length > 0)
  for (const file of files)
    assert.deepEqual(validate(schema, parse(await readFile(new URL(file, root), 'utf8'))), [], file)
})
