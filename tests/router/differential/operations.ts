import fc from 'fast-check'
import {
  getNamedType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql'

/** An operation with its variables. */
export type GeneratedOperation = { text: string; variables: Record<string, unknown> }

const DEEPEST = 4
const MOST_FIELDS = 4
const VARIABLES = '$yes: Boolean!, $no: Boolean! = false, $n: Int, $m: Int = 2, $name: String = "Product"'

/** Draws an operation that the schema allows: aliases, fragments by type, conditions, variables, introspection. */
export function drawOperation(
  g: fc.GeneratorValue,
  schema: GraphQLSchema,
  /** What may stand at a fragment beside its condition: the next `@defer`. */
  drawDefer: (g: fc.GeneratorValue) => string = () => '',
): GeneratedOperation {
  const fragments: string[] = []
  const isMutation = schema.getMutationType() !== undefined && oneIn(g, 8)
  const root = isMutation ? schema.getMutationType() : schema.getQueryType()
  if (!root) throw new Error('expected a root type')
  const body = drawSelections(g, { schema, fragments, depth: 0, drawDefer }, root)
  const used = `${body} ${fragments.join(' ')}`
  const declared = VARIABLES.split(', ').filter((variable) => new RegExp(`\\${variable.split(':')[0]}\\b`).test(used))
  const head = declared.length === 0 ? '' : `(${declared.join(', ')})`
  const name = oneIn(g, 2) ? 'Named' : head === '' ? '' : ' '
  const kind = isMutation ? 'mutation' : 'query'
  return {
    text: `${kind} ${name}${head} ${body} ${fragments.join(' ')}`,
    variables: {
      ...(head.includes('$yes') && { yes: g(fc.boolean) }),
      ...(head.includes('$no') && oneIn(g, 2) && { no: g(fc.boolean) }),
      ...(head.includes('$n:') && oneIn(g, 2) && { n: g(fc.nat, { max: 3 }) }),
    },
  }
}

type At = { schema: GraphQLSchema; fragments: string[]; depth: number; drawDefer: (g: fc.GeneratorValue) => string }

function drawSelections(g: fc.GeneratorValue, at: At, type: GraphQLNamedType): string {
  const count = g(fc.integer, { min: 1, max: MOST_FIELDS })
  const selections = Array.from({ length: count }, () => drawSelection(g, at, type))
  return `{ ${selections.filter((text) => text !== '').join(' ') || '__typename'} }`
}

function drawSelection(g: fc.GeneratorValue, at: At, type: GraphQLNamedType): string {
  if (oneIn(g, 10)) return pick(g, ['__typename', 'kind: __typename'])
  if (at.depth === 0 && oneIn(g, 10)) return drawIntrospection(g, type, at.schema)
  const isAbstract = isAbstractType(type)
  const hasFields = isObjectType(type) || isInterfaceType(type)
  if (!hasFields || oneIn(g, isAbstract ? 2 : 7)) return drawFragment(g, at, type)
  const fields = Object.values(type.getFields()).filter(
    (field) => at.depth < DEEPEST || !isCompositeType(getNamedType(field.type)),
  )
  return fields.length === 0 ? '' : drawField(g, at, pick(g, fields))
}

function drawIntrospection(g: fc.GeneratorValue, type: GraphQLNamedType, schema: GraphQLSchema): string {
  if (type !== schema.getQueryType()) return ''
  return pick(g, [
    '__schema { queryType { name } }',
    'about: __type(name: $name) { kind name fields @skip(if: $no) { name } }',
  ])
}

function drawField(g: fc.GeneratorValue, at: At, field: GraphQLField<unknown, unknown>): string {
  const type = getNamedType(field.type)
  const [given, marker] = field.args.some(({ name }) => name === 'n')
    ? pick(g, ARGUMENTS)
    : [requiredArguments(field), '']
  const alias = marker === '' && !oneIn(g, 4) ? '' : `${field.name}${marker || '_x'}: `
  const selections = isCompositeType(type) ? ` ${drawSelections(g, { ...at, depth: at.depth + 1 }, type)}` : ''
  return `${alias}${field.name}${given}${drawCondition(g)}${selections}`
}

/** The arguments that a field must have, always the same ones: what they are changes no answer here. */
function requiredArguments({ args }: GraphQLField<unknown, unknown>): string {
  const given = args.filter(isRequiredArgument).map(({ name, type }) => `${name}: ${literal(type)}`)
  return given.length === 0 ? '' : `(${given.join(', ')})`
}

const LITERALS: Record<string, string> = { Int: '1', Float: '1.5', Boolean: 'true' }

function literal(type: GraphQLInputType): string {
  if (isNonNullType(type)) return literal(type.ofType)
  if (isListType(type)) return `[${literal(type.ofType)}]`
  if (isEnumType(type)) return type.getValues()[0]?.name ?? 'null'
  if (!isInputObjectType(type)) return LITERALS[type.name] ?? '"e1"'
  const fields = Object.values(type.getFields())
  const given = type.isOneOf ? fields.slice(0, 1) : fields.filter(isRequiredInputField)
  return `{ ${given.map((field) => `${field.name}: ${literal(field.type)}`).join(', ')} }`
}

// One alias for each set of arguments, so that equal keys always merge.
const ARGUMENTS: [string, string][] = [
  ['', ''],
  ['(n: 1)', '_1'],
  ['(n: $n)', '_n'],
  ['(n: $m)', '_m'],
]

function drawCondition(g: fc.GeneratorValue): string {
  if (!oneIn(g, 8)) return ''
  return pick(g, [' @include(if: $yes)', ' @skip(if: $no)', ' @skip(if: $yes)', ' @include(if: true)'])
}

function drawFragment(g: fc.GeneratorValue, at: At, type: GraphQLNamedType): string {
  const target = pick(g, [type, ...(isAbstractType(type) ? at.schema.getPossibleTypes(type) : [])])
  const inner = { ...at, depth: at.depth + 1 }
  if (at.depth >= DEEPEST) return '__typename'
  const body = drawSelections(g, inner, target)
  if (oneIn(g, 2)) return `... on ${target.name}${drawCondition(g)}${at.drawDefer(g)} ${body}`
  const name = `F${at.fragments.length}`
  at.fragments.push(`fragment ${name} on ${target.name} ${body}`)
  return `...${name}${drawCondition(g)}${at.drawDefer(g)}`
}

const oneIn = (g: fc.GeneratorValue, count: number): boolean => g(fc.nat, { max: count - 1 }) === count - 1

function pick<Item>(g: fc.GeneratorValue, items: readonly [Item, ...Item[]] | readonly Item[]): Item {
  const item = items[g(fc.nat, { max: items.length - 1 })]
  if (item === undefined) throw new Error('expected something to pick from')
  return item
}
