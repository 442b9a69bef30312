import {
  getNamedType,
  getNullableType,
  type FieldNode,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  isInputObjectType,
  isListType,
  Kind,
  type ValueNode,
} from 'graphql'
import type { CostRules } from './cost-rules.ts'
import { sumOf, type Term } from './terms.ts'

/** What a position for input costs: the schema coordinate of an argument or input field, and its type. */
type Position = { coordinate: string; type: GraphQLInputType }

/**
 * The cost of what a client writes into a field's arguments. Scalars and enums are free and input objects cost 1, unless
 * `@cost` of the argument, the input field or its type says otherwise; lists cost what is in them. Defaults are free.
 */
export function argumentsCost(
  node: FieldNode,
  field: GraphQLField<unknown, unknown>,
  coordinate: string,
  rules: CostRules,
): Term<number> {
  const costs = (node.arguments ?? []).map(({ name, value }) => {
    const argument = field.args.find((candidate) => candidate.name === name.value)
    if (argument === undefined) return 0
    return literalCost(value, { coordinate: `${coordinate}(${argument.name}:)`, type: argument.type }, rules)
  })
  return sumOf(costs)
}

function literalCost(value: ValueNode, position: Position, rules: CostRules): Term<number> {
  if (value.kind === Kind.VARIABLE) {
    const name = value.name.value
    const inputCost = inputCostOf(position, rules)
    return inputCost === undefined ? 0 : (variables) => inputCost(variables[name])
  }
  if (value.kind === Kind.NULL) return 0
  if (value.kind === Kind.LIST) {
    const items = value.values.map((item) => literalCost(item, itemOf(position), rules))
    return sumOf([rules.weights.get(position.coordinate) ?? 0, ...items])
  }
  const type = getNamedType(position.type)
  if (value.kind !== Kind.OBJECT || !isInputObjectType(type)) return leafCost(position, rules)
  const fields = type.getFields()
  const costs = value.fields.map(({ name, value: given }) => {
    const field = fields[name.value]
    return field === undefined ? 0 : literalCost(given, positionOf(type, field), rules)
  })
  return sumOf([objectCost(position, rules), ...costs])
}

/** The cost of a value that comes as a variable, coerced. */
type InputCost = (value: unknown) => number

/** Undefined where no value costs anything. */
function inputCostOf(position: Position, rules: CostRules): InputCost | undefined {
  const type = getNamedType(position.type)
  const one = isInputObjectType(type) ? inputObjectCost(type, position, rules) : constantCost(leafCost(position, rules))
  if (one === undefined) return undefined
  const ofList = rules.weights.get(position.coordinate) ?? 0
  const costOf: InputCost = (value) => {
    if (value === null || value === undefined) return 0
    return Array.isArray(value) ? value.reduce<number>((cost, item) => cost + costOf(item), ofList) : one(value)
  }
  return costOf
}

const constantCost = (cost: number): InputCost | undefined => (cost === 0 ? undefined : () => cost)

function inputObjectCost(type: GraphQLInputObjectType, position: Position, rules: CostRules): InputCost {
  const own = objectCost(position, rules)
  return (value) => {
    let cost = own
    for (const [name, costOf] of fieldCosts(type, rules)) cost += costOf((value as Record<string, unknown>)[name])
    return cost
  }
}

const known = new WeakMap<CostRules, Map<GraphQLInputObjectType, readonly [string, InputCost][]>>()

/** The fields of an input type that cost something, found when a value comes first: types may be within themselves. */
function fieldCosts(type: GraphQLInputObjectType, rules: CostRules): readonly [string, InputCost][] {
  const byType = known.get(rules) ?? new Map<GraphQLInputObjectType, readonly [string, InputCost][]>()
  const found = byType.get(type)
  if (found !== undefined) return found
  const costs = Object.values(type.getFields()).flatMap((field): [string, InputCost][] => {
    const costOf = inputCostOf(positionOf(type, field), rules)
    return costOf === undefined ? [] : [[field.name, costOf]]
  })
  known.set(rules, byType.set(type, costs))
  return costs
}

const positionOf = (owner: GraphQLInputObjectType, { name, type }: GraphQLInputField): Position => ({
  coordinate: `${owner.name}.${name}`,
  type,
})

function itemOf({ coordinate, type }: Position): Position {
  const list = getNullableType(type)
  return { coordinate, type: isListType(list) ? list.ofType : type }
}

const leafCost = ({ coordinate, type }: Position, { weights }: CostRules): number =>
  weights.get(coordinate) ?? weights.get(getNamedType(type).name) ?? 0

const objectCost = ({ coordinate }: Position, { weights }: CostRules): number => weights.get(coordinate) ?? 1
