import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { fileURLToPath } from 'node:url'
import { test } from 'node:test'
import { z } from 'zod'

const root = fileURLToPath(new URL('../../', import.meta.url))
const read = (path: string): string => readFileSync(`${root}${path}`, 'utf8')
const versions = z.record(z.string(), z.string())
const manifest = z
  .object({ dependencies: versions, devDependencies: versions, optionalDependencies: versions })
  .parse(JSON.parse(read('package.json')))
const [, production = '', development = '', optional = ''] = read('docs/dependencies.md').split(/^## /m)

const sections = [
  ['dependencies', production],
  ['devDependencies', development],
  ['optionalDependencies', optional],
] as const

for (const [field, section] of sections) {
  test(`docs/dependencies.md gives the reason of all ${field} and of no others`, () => {
    const rows = section.split('\n').filter((line) => line.startsWith('| `'))
    const named = rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map((match) => match[1]))
    assert.deepEqual(named.toSorted(), Object.keys(manifest[field]).toSorted())
  })
}

test('every version is exact', () => {
  for (const [field] of sections) {
    for (const [name, version] of Object.entries(manifest[field])) assert.match(version, /^\d/, `${name} ${version}`)
  }
})

test('what runs in production imports nothing that only a desk has', () => {
  const files = globSync(
    ['platform/**/*.ts', 'router/**/*.ts', 'sandbox/**/*.ts', 'subgraphs/**/*.ts', 'schema/**/*.ts'],
    { cwd: root },
  )
  assert.ok(files.length > 0)
  for (const file of files) {
    for (const name of packagesOf(read(file))) {
      assert.ok(name in manifest.dependencies, `${file} imports ${name}, which is not in "dependencies"`)
    }
  }
})

test('supergraph.yaml asks rover for the composition that the code runs', () => {
  const version = /^federation_version: =(.*)$/m.exec(read('supergraph.yaml'))?.[1]
  assert.equal(version, manifest.dependencies['@apollo/composition'])
})

/** The packages that a source imports, types aside. */
function packagesOf(source: string): string[] {
  const specifiers = source.matchAll(
    /^(?:import|export)(?! type )[^'"]*?from '([^'.#][^']*)'|\bimport\('([^'.#][^']*)'\)/gm,
  )
  return [...specifiers]
    .map((match) => match[1] ?? match[2] ?? '')
    .filter((specifier) => !isBuiltin(specifier))
    .map((specifier) => /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier)
}
