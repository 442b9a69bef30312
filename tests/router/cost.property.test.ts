import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  getNamedType,
  getNullableType,
  type GraphQLField,
  type GraphQLOutputType,
  isAbstractType,
  isCompositeType,
  isListType,
} from 'graphql'
import { ASSUMED_LIST_SIZE, costIn, supergraphOf } from './fixtures/costs.ts'

const supergraph = supergraphOf(`
  type Query { shop: Shop node: Node media(first: Int = 3): [Media] @listSize(slicingArguments: ["first"]) }
  type Shop @cost(weight: 2) {
    products(first: Int = 2, by: By @cost(weight: -3)): Products @cost(weight: 5)
      @listSize(slicingArguments: ["first"], sizedFields: ["nodes", "edges"])
    tags: [Tag!] @listSize(assumedSize: 3)
    name: String
  }
  input By { text: String @cost(weight: -1) }
  type Products { nodes: [Product] edges: [Edge!]! total: Int @cost(weight: 2) }
  type Edge { node: Product cursor: ID }
  type Product { id: ID @cost(weight: 1) media(first: Int!): [Media!] @listSize(slicingArguments: ["first"]) shop: Shop grid: [[Tag]] }
  interface Media { url: String tags: [Tag] @listSize(assumedSize: 2) }
  type Image implements Media { url: String tags: [Tag] product: Product }
  type Video implements Media @cost(weight: 6) { url: String @cost(weight: 2) tags: [Tag] seconds: Int @cost(weight: -4) }
  union Node = Product | Shop | Video
  type Tag { name: String media: Image @cost(weight: -2) }
`)
const schema = supergraph.apiSchema

/** Choices from a tape, so that fast-check can shrink what was made of them. */
type Choose = (options: number) => number
const choicesOf = (tape: readonly number[]): Choose => {
  let index = 0
  return (options) => (tape[index++ % tape.length] ?? 0) % options
}

/** A field with its arguments, what is selected in it by type, and the size that its list may have. */
type Node = { key: string; field: Field; written: string; inner: Selected; size: number | undefined }
type Field = GraphQLField<unknown, unknown>
/** By the name of a type. */
type Selected = ReadonlyMap<string, readonly Node[]>
type Sizes = Readonly<Record<string, number>>

// As the schema above has them.
const ASSUMED: Sizes = { 'Shop.tags': 3, 'Image.tags': 2, 'Video.tags': 2 }

function select(type: GraphQLOutputType, choose: Choose, depth: number, sized: Sizes = {}): Selected {
  const named = getNamedType(type)
  if (!isCompositeType(named)) return new Map()
  const types = isAbstractType(named) ? schema.getPossibleTypes(named) : [named]
  return new Map(
    types.map(({ name, getFields }): [string, Node[]] => {
      const all = Object.values(getFields.call(schema.getType(name)))
      const fields = all.filter((field) => depth > 0 || !isCompositeType(getNamedType(field.type)))
      const sizes = { ...sized, tags: ASSUMED[`${name}.tags`] ?? 0 }
      return [
        name,
        fields
          .filter(() => choose(3) > 0)
          .map((field) => ({ ...nodeOf(field, choose, depth, sizes), key: `${name}_${field.name}` })),
      ]
    }),
  )
}

function nodeOf(field: Field, choose: Choose, depth: number, sizes: Sizes): Omit<Node, 'key'> {
  const first = field.args.find(({ name }) => name === 'first')
  const isGiven = first !== undefined && (first.defaultValue === undefined || choose(2) === 0)
  const size = isGiven ? choose(4) : (first?.defaultValue as number | undefined)
  const hasBy = field.args.some(({ name }) => name === 'by') && choose(2) === 0
  const written = [isGiven ? `first: ${size}` : '', hasBy ? 'by: { text: "x" }' : ''].join(' ').trim()
  const sized: Sizes = field.name === 'products' ? { nodes: size ?? 0, edges: size ?? 0 } : {}
  return {
    field,
    written: written === '' ? '' : `(${written})`,
    inner: select(field.type, choose, depth - 1, sized),
    size: sizes[field.name] ?? size,
  }
}

const textOf = (selected: Selected): string =>
  `{ __typename ${[...selected].map(([type, nodes]) => `... on ${type} { __typename ${nodes.map(fieldText).join(' ')} }`).join(' ')} }`

const fieldText = ({ key, field, inner, written }: Node): string =>
  `${key}: ${field.name}${written} ${isCompositeType(getNamedType(field.type)) ? textOf(inner) : ''}`

type Data = { [key: string]: unknown }

function answer(selected: Selected, choose: Choose, saysTypes: boolean): Data {
  const names = [...selected.keys()]
  const name = names[choose(names.length)] ?? ''
  const data: Data = saysTypes ? { __typename: name } : {}
  for (const node of selected.get(name) ?? [])
    data[node.key] = valueOf(node.field.type, node, { choose, saysTypes, size: node.size })
  return data
}

type Answering = { choose: Choose; saysTypes: boolean; size?: number | undefined }

function valueOf(type: GraphQLOutputType, node: Node, { choose, saysTypes, size }: Answering): unknown {
  if (choose(6) === 0) return null
  const nullable = getNullableType(type)
  if (!isListType(nullable)) return isCompositeType(nullable) ? answer(node.inner, choose, saysTypes) : 'x'
  const length = choose(Math.min(size ?? ASSUMED_LIST_SIZE, 4) + 1)
  return Array.from({ length }, () => valueOf(nullable.ofType, node, { choose, saysTypes }))
}

test('no answer within the sizes costs more than the estimate', () => {
  const query = schema.getQueryType()
  if (!query) throw new Error('expected a query type')
  fc.assert(
    fc.property(fc.array(fc.nat(), { minLength: 1, maxLength: 400 }), fc.boolean(), (tape, saysTypes) => {
      const choose = choicesOf(tape)
      const selected = select(query, choose, 4)
      const { cost, variables } = costIn(supergraph, textOf(selected))
      const [estimated, actual] = [
        cost.estimate(variables),
        cost.actual(answer(selected, choose, saysTypes), variables),
      ]
      assert.ok(actual <= estimated, `${actual} > ${estimated} for ${textOf(selected)}`)
    }),
  )
})
