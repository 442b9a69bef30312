import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { buildClient } from '../../cli/client-package/build-client.ts'

const run = promisify(execFile)
const modules = fileURLToPath(new URL('../../node_modules', import.meta.url))

// Somebody else's project: it has the package and what that asks for, and none of this repository.
const project = await mkdtemp(join(tmpdir(), 'agora-consumer-'))
after(() => rm(project, { recursive: true }))
for (const scope of ['@agora', '@apollo', '@graphql-typed-document-node', '@types'])
  await mkdir(join(project, 'node_modules', scope), { recursive: true })
for (const name of [
  'graphql',
  'graphql-ws',
  'rxjs',
  '@apollo/client',
  '@graphql-typed-document-node/core',
  '@types/node',
])
  await symlink(join(modules, name), join(project, 'node_modules', name))
await buildClient(join(project, 'node_modules/@agora/client'))
await writeFile(join(project, 'package.json'), '{ "type": "module" }')

const APP = `
import { add, createClient, LoginDocument, readMoney, SearchProductsDocument } from '@agora/client'

const client = createClient({ url: 'http://127.0.0.1:1/graphql', retry: { attempts: 1 } })
export const names = async () => {
  const { searchProducts } = await client.query(SearchProductsDocument, { query: 'headphones', first: 3 })
  return (searchProducts?.edges ?? []).map(({ node }) => node.name.length)
}
export const codes = async () => {
  const outcome = await client.mutate(LoginDocument, { input: { email: 'a@b.c', password: 'd' } })
  return outcome.ok ? [] : outcome.userErrors.map(({ code }) => code.length)
}
const price = readMoney({ amount: '1.50', currency: 'USD' })
console.log(price && add(price, price).amountMinor)
`
const APOLLO = `
import { InMemoryCache } from '@apollo/client'
import { apolloCache, toDocumentNode } from '@agora/client/apollo-cache'
console.log(new InMemoryCache(apolloCache) instanceof InMemoryCache, toDocumentNode(LoginDocument).kind)
`
// @apollo/client's own types are not for nodenext.
const PROJECTS = [
  { source: APP, module: 'nodenext', moduleResolution: 'nodenext' },
  { source: `${APP}${APOLLO}`, module: 'esnext', moduleResolution: 'bundler' },
]

test('the packaged client runs in a project that knows nothing of this one', async () => {
  await writeFile(join(project, 'app.js'), `${APP}${APOLLO}`)
  const { stdout } = await run(process.execPath, ['app.js'], { cwd: project })
  assert.equal(stdout, '300n\ntrue Document\n')
})

for (const { source, ...resolution } of PROJECTS) {
  test(`its types hold in a strict project with moduleResolution ${resolution.moduleResolution}`, async () => {
    await writeFile(join(project, 'app.ts'), source)
    const lib = ['es2024', 'esnext', 'dom', 'dom.iterable']
    const compilerOptions = { ...resolution, strict: true, noEmit: true, target: 'es2024', lib, types: [] }
    await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['app.ts'] }))
    const checked = run(process.execPath, [join(modules, 'typescript/bin/tsc')], { cwd: project })
    const { stdout } = await checked.catch((failed: { stdout: string }) => failed)
    assert.equal(stdout, '')
  })
}
