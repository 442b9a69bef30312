import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ROUTER_SUPPORTED_SUPERGRAPH_FEATURES, Supergraph } from '@apollo/federation-internals'
import fc from 'fast-check'
import {
  type ExecutionResult,
  executeSync,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  getNamedType,
  isAbstractType,
  isCompositeType,
  type GraphQLNamedType,
  parse,
} from 'graphql'
import type { Executor } from '../../router/executor/executor.ts'
import { createOperations } from '../../router/operations/operations.ts'
import { createRequestContext } from '../../router/request-context.ts'
import { accessOf } from '../../router/security/access.ts'
import type { Identity } from '../../router/security/authenticate.ts'
import { isMet } from '../../router/security/requirement.ts'
import { loadSupergraph } from '../../router/supergraph/load-supergraph.ts'
import { quiet } from '../support/quiet.ts'
import { compose } from './fixtures/graph.ts'
import { LINK } from './fixtures/subgraph.ts'

const SDL = `
  type Query { one: A many: [A] strict: [A!]! thing: Thing things: [Thing!] node: Node secret: String @requiresScopes(scopes: [["s"]]) }
  interface Node { id: ID! peer: Node }
  type A implements Node { id: ID! name: String low: Int @authenticated must: Int! @requiresScopes(scopes: [["s"]]) peer: Node as: [A!] b: B thing: Thing }
  type B implements Node @authenticated { id: ID! text: String deep: A! peer: Node }
  type C implements Node @requiresScopes(scopes: [["s"], ["t", "u"]]) { id: ID! a: A! peer: Node }
  union Thing = A | B | C
`

const supergraph = loadSupergraph(compose([{ name: 'a', url: 'http://127.0.0.1:1', sdl: LINK + SDL }]))
const schema = supergraph.apiSchema

type Value = Record<string, unknown>

// One value of each type; they point at each other, and the depth of a query ends it.
const b: Value = { __typename: 'B', id: 'b', text: 'secret of b' }
const c: Value = { __typename: 'C', id: 'c' }
const a: Value = { __typename: 'A', id: 'a', name: 'a', low: 1, must: 2, b, thing: b, peer: c }
Object.assign(b, { deep: a, peer: a })
Object.assign(c, { a, peer: b })
a['as'] = [a, a]
const root: Value = { one: a, many: [a, null, a], strict: [a], thing: c, things: [a, b, c], node: b, secret: 's' }

const fieldOf: GraphQLFieldResolver<Value, unknown> = (source, _args, _context, info) => source[info.fieldName]

/** Plans nothing: answers the whole document from the values above, by response names. */
const executor: Executor = {
  execute: async ({ document, variables }) =>
    executeSync({
      schema,
      document,
      variableValues: variables,
      rootValue: root,
      fieldResolver: fieldOf,
      typeResolver: typeOf,
    }),
  planSubscription: () => assert.fail('no subscriptions here'),
  warm: async () => undefined,
  executeDeferred: () => assert.fail('nothing is deferred here'),
}
const operations = createOperations(supergraph, executor, {
  log: quiet,
  limits: { enter: () => () => undefined, charge: () => undefined, withCost: (_request, result) => result },
})

const typeOf = (value: unknown) => (value as { __typename: string }).__typename

/** What the answer has to be: the client's own operation over all values, where every forbidden place fails. */
function expected(query: string, identity: Identity): ExecutionResult {
  const isAllowed = (coordinate: string) => isMet(supergraph.accessRules.get(coordinate), accessOf(identity))
  const forbid = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(forbid)
    return isAllowed((value as Value | null)?.['__typename'] as string) ? value : new Error('forbidden')
  }
  return executeSync({
    schema,
    document: parse(query),
    rootValue: root,
    typeResolver: typeOf,
    fieldResolver: (source: Value, args, context, info) => {
      const coordinates = [`${info.parentType.name}.${info.fieldName}`, getNamedType(info.returnType).name]
      if (!coordinates.every(isAllowed)) throw new Error('forbidden')
      return forbid(fieldOf(source, args, context, info))
    },
  })
}

type Choose = (max: number) => number

/** A random selection on `type`, with aliases, fragments of possible types, and conditions. */
function selection(type: GraphQLNamedType, depth: number, choose: Choose, names: { next: number }): string {
  const parts = Array.from({ length: 1 + choose(2) }, () => {
    const condition = ['', '', '', ' @include(if: false)', ' @skip(if: true)', ' @include(if: true)'][choose(5)] ?? ''
    if (isAbstractType(type) && choose(2) > 0) {
      const possible = schema.getPossibleTypes(type)
      const inner = possible[choose(possible.length - 1)]
      return inner === undefined
        ? '__typename'
        : `... on ${inner.name}${condition} ${selection(inner, depth - 1, choose, names)}`
    }
    if (choose(5) === 0) return `...${condition} ${selection(type, depth - 1, choose, names)}`
    const fields = 'getFields' in type ? Object.values((type as GraphQLObjectType).getFields()) : []
    const usable = fields.filter((field) => depth > 0 || !isCompositeType(getNamedType(field.type)))
    const field = usable[choose(Math.max(usable.length - 1, 0))]
    if (field === undefined) return '__typename'
    names.next += 1
    const named = getNamedType(field.type)
    return `f${names.next}: ${field.name}${condition}${isCompositeType(named) ? ` ${selection(named, depth - 1, choose, names)}` : ''}`
  })
  return `{ ${parts.join(' ')} }`
}

const identities = [undefined, [], ['s'], ['t'], ['t', 'u']].map(
  (scopes): Identity => ({
    viewer:
      scopes === undefined ? { kind: 'guest' } : { kind: 'user', userId: 'u', sessionId: 's', scopes: new Set(scopes) },
    claims: {},
    expiresAtMs: Number.POSITIVE_INFINITY,
    authorization: null,
  }),
)

/** Data and the places of errors; of those below one null, which is reported is not the specification's business. */
const comparable = ({ data, errors }: ExecutionResult) =>
  JSON.stringify([data, (errors ?? []).map(({ path }) => path?.join('.')).toSorted()])

test('filtering before execution answers as if every forbidden place had failed, for any operation and viewer', async () => {
  await fc.assert(
    fc.asyncProperty(fc.gen(), fc.constantFrom(...identities), async (g, identity) => {
      const choose: Choose = (max) => g(fc.nat, { max })
      const query = selection(schema.getType('Query') as GraphQLNamedType, 4, choose, { next: 0 })
      const context = createRequestContext(
        {},
        { identity, signal: new AbortController().signal, clientAddress: undefined },
      )
      const answer = await operations.execute({
        document: parse(query),
        operationName: undefined,
        variables: {},
        context,
      })
      assert.equal(comparable(answer), comparable(expected(query, identity)), query)
    }),
  )
})

test('reads the rules under whatever name the supergraph links them', () => {
  const sdl = compose([
    {
      name: 'a',
      url: 'http://127.0.0.1:1',
      sdl: SDL.replaceAll('@authenticated', '@signedIn').replace(
        /^/,
        LINK.replace('"@authenticated"', '{ name: "@authenticated", as: "@signedIn" }'),
      ),
    },
  ])
  assert.ok(Supergraph.build(sdl, { supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES }))
  assert.equal(loadSupergraph(sdl).accessRules.get('A.low')?.isAuthenticated, true)
})
