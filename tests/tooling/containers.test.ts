import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parseEnv } from 'node:util'
import { parse } from 'yaml'
import { z } from 'zod'
import { withSecrets } from '../../cli/keys-file.ts'
import { describeVariables, readConfig, urlVariable } from '#platform/runtime/config.ts'
import { SUBGRAPHS } from '#platform/runtime/names.ts'

const at = (path: string): URL => new URL(`../../${path}`, import.meta.url)
const read = (path: string): string => readFileSync(at(path), 'utf8')

const service = z.object({
  build: z.string().optional(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.coerce.string()).default({}),
  healthcheck: z.object({ test: z.array(z.string()) }),
})
const compose = z
  .object({ services: z.record(z.string(), service) })
  .parse(parse(read('docker-compose.yml'), { merge: true }))
const rover = z
  .object({ subgraphs: z.record(z.string(), z.object({ routing_url: z.url() })) })
  .parse(parse(read('supergraph.yaml')))

const ours = Object.entries(compose.services).filter(([, { build }]) => build !== undefined)
const known = new Set(describeVariables().map(({ name }) => name))
const secrets = parseEnv(withSecrets(''))

test('compose runs the router, the sandbox provider and every subgraph', () => {
  assert.deepEqual(ours.map(([name]) => name).toSorted(), ['router', 'sandbox', ...SUBGRAPHS].toSorted())
})

for (const [name, { command, environment }] of ours) {
  test(`compose gives ${name} only variables that the configuration knows, with values that it takes`, () => {
    for (const variable of Object.keys(environment)) assert.ok(known.has(variable), `${variable} is not known`)
    assert.doesNotThrow(() => readConfig(interpolate(environment)))
  })

  test(`compose runs ${name} by a file that is there and in the image`, () => {
    const [program, file = ''] = command ?? []
    assert.equal(program, 'node')
    assert.ok(existsSync(at(file)), `${file} is missing`)
    assert.match(read('Dockerfile'), new RegExp(`^COPY ${file.split('/')[0]} `, 'm'))
  })
}

for (const name of SUBGRAPHS) {
  test(`compose gives ${name} what a subgraph needs, at the port that supergraph.yaml names`, () => {
    const { command, environment = {} } = compose.services[name] ?? {}
    assert.deepEqual(command?.slice(2), ['serve', name])
    const config = readConfig(interpolate(environment), [
      'POSTGRES_URL',
      'REDIS_URL',
      'JWKS_URL',
      'SERVICE_KEY',
      'SERVICE_JWKS',
    ])
    const port = Number(new URL(rover.subgraphs[name]?.routing_url ?? '').port)
    assert.equal(config.PORT, port)
    assert.equal(config[urlVariable(name)], `http://${name}:${port}/graphql`)
    assert.equal(environment.SERVICE_KEY, `\${${name.toUpperCase()}_SERVICE_KEY:?run \`npm run keys\`}`)
  })
}

test('only users signs access tokens', () => {
  const holders = ours.filter(([, { environment }]) => 'TOKEN_SIGNING_KEY' in environment)
  assert.deepEqual(
    holders.map(([name]) => name),
    ['users'],
  )
})

test('the image runs as nobody special, without what only a desk needs', () => {
  assert.match(read('Dockerfile'), /^USER node$/m)
  assert.match(read('Dockerfile'), /npm ci --omit=dev/)
  assert.equal(read('Dockerfile').match(/^FROM /gm)?.length, 3)
})

/** What compose would hand on after `npm run keys`: throws where a secret is asked for that it doesn't make. */
function interpolate(environment: Record<string, string>): Record<string, string> {
  const fill = (_whole: string, name: string, fallback: string): string => {
    const value = fallback.startsWith(':-') ? fallback.slice(2) : secrets[name]
    assert.ok(value !== undefined, `nothing makes ${name}`)
    return value
  }
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, value.replace(/\$\{(\w+)(:[-?][^}]*)\}/g, fill)]),
  )
}
