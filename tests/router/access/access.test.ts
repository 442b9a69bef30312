import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Answer, type Operation, postGraphQL, subscribeGraphQL } from '../../support/client.ts'
import { loadSupergraph } from '../../../router/supergraph/load-supergraph.ts'
import { serveTokens, startTestRouter } from '../fixtures/router.ts'
import { askInParts, withDefer } from './deferred.ts'
import { startGuardedGraph } from './graph.ts'
import { comparable, expectedAnswer, isOpenTo } from './oracle.ts'
import { GUARDS, nameOf, ROLES, type Role } from './roles.ts'

const graph = await startGuardedGraph()
const tokens = await serveTokens()
const asked: (readonly string[])[] = []
const router = await startTestRouter(
  graph.supergraphSdl,
  { JWKS_URL: tokens.jwksUrl },
  {
    authorization: {
      policies: async (names, { headers }) => {
        asked.push(names)
        const allowed = headers['x-policies']
        return typeof allowed === 'string' ? allowed.split(' ') : []
      },
    },
  },
)
const { apiSchema } = loadSupergraph(graph.supergraphSdl)

const each = (part: (name: string) => string): string => GUARDS.map(({ name }) => part(name)).join(' ')
const DEEP = each((name) => `p_field_${name} p_aside_${name} p_computed_${name}`)

// Every way to something that is guarded; all guards at once, so that each answer has what is allowed and what is not.
const QUERIES: Record<string, string> = {
  'a field of the root': `{ ${each((name) => `p_root_${name}`)} item { id } }`,
  'a field of a guarded type': `{ ${each((name) => `p_object_${name} { text }`)} }`,
  'a list of a guarded type': `{ ${each((name) => `p_objects_${name} { __typename text }`)} }`,
  'an enum and a scalar': `{ ${each((name) => `p_enum_${name} p_scalar_${name}`)} }`,
  'an interface of which one implementation is guarded': `{ ${each((name) => `p_typed_${name} { text ... on TypedOther_${name} { again: text } }`)} }`,
  'a field of an interface that one implementation guards': `{ ${each((name) => `mixed_${name} { id p_via_${name}: m_text_${name} }`)} }`,
  'the same field of either implementation': `{ ${each((name) => `mixed_${name} { id ... on MixedOne_${name} { one: m_text_${name} } ... on MixedOther_${name} { other: m_text_${name} } }`)} }`,
  'a union with a guarded member': `{ ${each((name) => `union_${name} { __typename ... on P_Object_${name} { text } ... on Free { id } }`)} }`,
  'fields of an entity, in both subgraphs, computed ones too': `{ item { name aside ${DEEP} inner { ${DEEP} } } }`,
  'fields of each entity in a list': `{ items { id ${DEEP} } }`,
  'fields that must not be null': `{ item { ${each((name) => `${name}: inner { id p_strict_${name} }`)} } }`,
  'aliases and fragments': `{ item { ...One } other: item { ... on Item { ...Two } } }
    fragment One on Item { inner { ...Two } ${each((name) => `one${name}: p_field_${name}`)} }
    fragment Two on Item { id ${each((name) => `two${name}: p_computed_${name}`)} }`,
  'what is left out': `{ item { id ${each((name) => `p_field_${name} @skip(if: true) p_aside_${name} @include(if: true)`)} } }`,
}
const MUTATIONS = [
  `mutation { change { id ${DEEP} } }`,
  ...GUARDS.map(({ name }) => `mutation { change { id } p_change_${name} { id } }`),
]
const DEFERRED = [...Object.values(QUERIES), `mutation { change { id ${DEEP} } }`].map(
  (document) => [document, withDefer(document)] as const,
)
const SUBSCRIPTIONS = [
  `subscription { changed { id ${DEEP} } }`,
  ...GUARDS.map(({ name }) => `subscription { p_changed_${name} { id aside p_aside_${name} } }`),
]

const credentials = ({ scopes, policies }: Role) => ({
  token: scopes && tokens.token({ scopes: [...scopes] }),
  headers: { 'x-policies': policies.join(' ') },
})

/** The answer, and that no subgraph was asked for anything that the role may not see. */
async function ask(document: string, role: Role, send = sendWhole): Promise<Answer> {
  for (const { calls, subscriptions } of graph.subgraphs) calls.length = subscriptions.length = 0
  const answer = await send({ document, ...credentials(role) })
  const sent = graph.subgraphs.flatMap(({ calls, subscriptions }) => [...calls, ...subscriptions])
  for (const { query } of sent) {
    // What a member of a union is must be known to tell that it is none that the viewer may see.
    const data = query.replaceAll(/\.\.\.\s?on P_\w+\{__typename\}/g, '')
    const forbidden = (data.match(/\b[pP]_\w+/g) ?? []).filter((name) => !isOpenTo(name, role))
    assert.deepEqual(forbidden, [], `a subgraph was asked: ${query}`)
  }
  const codes = new Set((answer.errors ?? []).map(({ extensions }) => extensions?.['code']))
  assert.deepEqual([...codes], answer.errors === undefined ? [] : ['UNAUTHORIZED_FIELD_OR_TYPE'])
  return answer
}

const sendWhole = (operation: Operation): Promise<Answer> =>
  operation.document.startsWith('subscription') ? first(operation) : postGraphQL(router.url, operation)

async function first(operation: Operation): Promise<Answer> {
  const events = subscribeGraphQL(router.wsUrl, operation)
  try {
    return (await events.next()).value
  } catch (errors) {
    return { data: null, errors: errors as NonNullable<Answer['errors']> }
  } finally {
    await events.return?.()
  }
}

/** A mutation or subscription is refused whole where one of its root fields is forbidden. */
function expected(document: string, role: Role) {
  const answer = comparable(expectedAnswer(apiSchema, document, role))
  const refused = answer.places.filter((place) => !place?.includes('.'))
  return document.startsWith('{') || refused.length === 0 ? answer : { data: null, places: refused }
}

for (const role of ROLES) {
  test(`${nameOf(role)}: everything allowed is answered, everything else is null with its place, and never asked for`, async () => {
    for (const [path, document] of Object.entries(QUERIES))
      assert.deepEqual(comparable(await ask(document, role)), expected(document, role), path)
    for (const document of [...MUTATIONS, ...SUBSCRIPTIONS])
      assert.deepEqual(comparable(await ask(document, role)), expected(document, role), document)
  })
}

test('what comes in parts is the same for each role, and no part of it is asked for that may not be seen', async () => {
  let parts = 0
  const inParts = async (operation: Operation): Promise<Answer> => {
    const { count, ...answer } = await askInParts(router.url, operation)
    parts += count
    return answer
  }
  for (const role of ROLES)
    for (const [document, deferred] of DEFERRED)
      assert.deepEqual(comparable(await ask(deferred, role, inParts)), expected(document, role), deferred)
  assert.ok(parts > 2 * ROLES.length * DEFERRED.length, `${parts} parts`)
})

test('policies are evaluated once per operation, those that it depends on and no others', async () => {
  asked.length = 0
  const role: Role = { scopes: [], policies: [] }
  await ask('{ item { name } p_root_Auth }', role)
  assert.deepEqual(asked, [])
  await ask('{ p_root_Policy items { p_field_Three p_field_Policy } }', role)
  assert.deepEqual(asked, [['p', 'q', 'r']])
})
