import assert from 'node:assert/strict'
import { test } from 'node:test'
import { postGraphQL } from '../../support/client.ts'
import { waitUntil } from '../../support/wait-until.ts'
import type { PolicyEvaluator } from '../../../router/options/authorization.ts'
import { describe, OPEN, addRequirement, isMet, type Requirement } from '../../../router/security/requirement.ts'
import { loadSupergraph } from '../../../router/supergraph/load-supergraph.ts'
import { compose } from '../fixtures/graph.ts'
import { LINK } from '../fixtures/subgraph.ts'
import { startTestRouter } from '../fixtures/router.ts'
import { startGuardedGraph } from './graph.ts'
import { GUARDS } from './roles.ts'

const graph = await startGuardedGraph()
const { accessRules } = loadSupergraph(graph.supergraphSdl)

const combined = (...requirements: Requirement[]): Requirement => {
  const rules = new Map<string, Requirement>()
  for (const requirement of requirements) addRequirement(rules, 'T.f', requirement)
  return rules.get('T.f') ?? OPEN
}
const scoped = (...scopes: string[][]): Requirement => ({ ...OPEN, scopes })
const withScopes = (...scopes: string[]) => ({
  isAuthenticated: true,
  scopes: new Set(scopes),
  policies: new Set<string>(),
})

test('a supergraph of an older composition is as strict: by implementations, and by what a field is computed from', () => {
  const guards = GUARDS.map(({ sdl }) => sdl)
  let stripped = 0
  const older = graph.supergraphSdl
    .split(/\n(?=type|interface|enum|union|scalar)/)
    .map((block) => {
      const isInterface = block.startsWith('interface')
      return block
        .split('\n')
        .map((line) => {
          if (!isInterface && !line.includes('p_computed_')) return line
          const bare = guards
            .reduce((text, guard) => text.replace(guard, ''), line)
            .replaceAll(/@(authenticated|requiresScopes|policy)(\([^)]*\))?/g, '')
          if (bare !== line) stripped += 1
          return bare
        })
        .join('\n')
    })
    .join('\n')
  assert.ok(stripped > 2 * GUARDS.length, 'expected the composition to write what is taken out here')
  assert.deepEqual(loadSupergraph(older).accessRules, accessRules)
})

test('a field needs what the fields need that it is computed from, through objects, conditions and contexts', () => {
  const sdl = compose([
    {
      name: 'a',
      url: 'http://127.0.0.1:1',
      sdl: `${LINK.replace('"@key"', '"@key", "@context", "@fromContext"')}
        type Query { t: T }
        type T @key(fields: "id") @context(name: "t") { id: ID! deep: Deep any: Any region: String @authenticated child: Child @authenticated }
        type Deep { low: Int @requiresScopes(scopes: [["low"]]) }
        interface Any { id: ID! }
        type One implements Any { id: ID! x: Int @policy(policies: [["one"]]) }
        type Child @key(fields: "id") @authenticated { id: ID! priced(region: String @fromContext(field: "$t { region }")): Int @authenticated }`,
    },
    {
      name: 'b',
      url: 'http://127.0.0.1:1',
      sdl: `${LINK}
        type T @key(fields: "id") {
          id: ID!
          deep: Deep @external
          any: Any @external
          computed: Int @requires(fields: "deep { low } any { ... on One { x } }") @requiresScopes(scopes: [["low"]]) @policy(policies: [["one"]])
        }
        type Deep @external { low: Int }
        interface Any { id: ID! }
        type One implements Any @external { id: ID! x: Int }`,
    },
  ])
  const bare = sdl.replaceAll(/((?:computed|priced).*?)@(?:authenticated|requiresScopes).*$/gm, '$1')
  assert.notEqual(bare, sdl)
  const rules = loadSupergraph(bare).accessRules
  assert.deepEqual(rules.get('T.computed'), { isAuthenticated: false, scopes: [['low']], policies: [['one']] })
  assert.equal(rules.get('Child.priced')?.isAuthenticated, true)
})

test('several requirements are needed all, each by any of its alternatives, and told so', () => {
  const requirement = combined(scoped(['a'], ['b', 'c']), scoped(['a'], ['d']), { ...OPEN, isAuthenticated: true })
  assert.deepEqual(requirement.scopes, [['a'], ['b', 'c', 'd']])
  assert.deepEqual(
    [['a'], ['b', 'c'], ['b', 'c', 'd'], ['d']].map((scopes) => isMet(requirement, withScopes(...scopes))),
    [true, false, true, false],
  )
  assert.equal(describe(requirement), 'the scope a, or b and c and d')
  assert.equal(describe(combined(scoped(['a']), { ...OPEN, policies: [['p']] })), 'the scope a and the policy p')
  assert.equal(describe(scoped()), 'the scope that nobody has')
  assert.equal(describe({ ...OPEN, isAuthenticated: true }), 'a signed-in user')
})

const DOCUMENT = '{ item { name } p_root_Policy }'
const routerWith = (policies?: PolicyEvaluator, env: Record<string, string> = {}) =>
  startTestRouter(graph.supergraphSdl, env, policies && { authorization: { policies } })

test('without an evaluator no policy is met', async () => {
  const { data, errors } = await postGraphQL((await routerWith()).url, { document: DOCUMENT })
  assert.deepEqual(data, { item: { name: 'an item' }, p_root_Policy: null })
  assert.equal(errors?.[0]?.message, 'Query.p_root_Policy needs the policy p, or q and r')
})

test('an evaluator that fails, or answers with something else, fails the operation, masked and logged', async () => {
  for (const evaluate of [() => Promise.reject(new Error('at 10.0.0.1')), () => 7 as never, () => [7] as never]) {
    const router = await routerWith(evaluate)
    const { data, errors } = await postGraphQL(router.url, { document: DOCUMENT })
    assert.deepEqual([data, errors?.[0]?.extensions?.['code']], [undefined, 'INTERNAL_SERVER_ERROR'])
    assert.equal(JSON.stringify(errors).includes('10.0.0.1'), false)
    await waitUntil('it is logged', () =>
      router.lines.some(({ errorId }) => errorId === errors?.[0]?.extensions?.['errorId']),
    )
  }
})

test('an evaluator that never answers holds a request up no longer than it may last', async () => {
  const router = await routerWith(() => new Promise<never>(() => undefined), { REQUEST_TIMEOUT_MS: '50' })
  const { errors } = await postGraphQL(router.url, { document: DOCUMENT })
  assert.equal(errors?.[0]?.extensions?.['code'], 'INTERNAL_SERVER_ERROR')
})

test('an evaluator hears of the claims, and may allow a guest by a header', async () => {
  const router = await routerWith((_names, { claims, headers }) =>
    claims['sub'] === undefined && headers['x-from'] === 'office' ? ['p'] : [],
  )
  const ask = (headers: Record<string, string>) => postGraphQL(router.url, { document: DOCUMENT, headers })
  assert.equal((await ask({ 'X-From': 'office' })).data.p_root_Policy, 'root')
  assert.equal((await ask({})).data.p_root_Policy, null)
})
