import {
  coerceInputValue,
  type DocumentNode,
  GraphQLError,
  type GraphQLInputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  typeFromAST,
  valueFromAST,
} from 'graphql'
import { readConfig } from '#platform/runtime/config.ts'
import { createCost } from '../../../router/cost/operation-cost.ts'
import { readRouterOptions } from '../../../router/options/router-options.ts'
import type { LoadedSupergraph } from '../../../router/supergraph/load-supergraph.ts'
import { GraphError } from '../graph-error.ts'

/**
 * What an operation costs at most. `cost` is undefined where the graph has neither `@cost` nor `@listSize`, or where it depends on
 * the variables `missing`. `given`: the values that it follows from.
 */
export type Cost = {
  cost: number | undefined
  given: Readonly<Record<string, unknown>>
  missing: readonly string[]
}

/** The values of variables, by name. */
export type Variables = Readonly<Record<string, unknown>>

/** An operation with variables as somebody gave them, and those that it is otherwise sent with, which are taken as they are. */
export type Asked = { document: DocumentNode; variables: Variables; example?: Variables }

/** The cost of an operation with these variables, as far as it depends on any. Throws {@link GraphError} where the router would refuse them. */
export async function costOf(
  { apiSchema, costRules }: LoadedSupergraph,
  operation: OperationDefinitionNode,
  asked: Asked,
): Promise<Cost> {
  const values = valuesOf(apiSchema, operation, asked)
  if (costRules === undefined) return { cost: undefined, given: {}, missing: [] }
  const { limits } = await readRouterOptions(readConfig({}))
  const rules = { schema: apiSchema, rules: costRules, assumedListSize: limits.assumedListSize }
  const { estimate } = createCost(rules)(asked.document, undefined)
  const read = new Set<string>()
  const watched = new Proxy(values, {
    get: (target, name) => (read.add(String(name)), target[String(name)]),
  })
  const cost = estimateOr(() => estimate(watched))
  const missing = requiredOf(operation).filter((name) => read.has(name) && !Object.hasOwn(values, name))
  if (missing.length > 0) return { cost: undefined, given: {}, missing }
  if (cost instanceof GraphQLError) throw new GraphError(`the router refuses the operation: ${cost.message}`)
  const given = Object.fromEntries(
    [...read].filter((name) => Object.hasOwn(values, name)).map((name) => [name, values[name]]),
  )
  return { cost, given, missing: [] }
}

/** What was given, coerced, or else what the example has, or else the defaults. */
function valuesOf(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  { variables, example = {} }: Asked,
): Record<string, unknown> {
  const unknown = Object.keys(variables).filter((name) => !isDeclared(operation, name))
  if (unknown.length > 0) throw new GraphError(`--variables: the operation has no $${unknown.join(', $')}`)
  const values: Record<string, unknown> = { ...example }
  for (const { variable, type: node, defaultValue } of operation.variableDefinitions ?? []) {
    const name = variable.name.value
    const type = typeFromAST(schema, node) as GraphQLInputType
    if (Object.hasOwn(variables, name)) values[name] = coerced(name, variables[name], type)
    else if (!Object.hasOwn(values, name) && defaultValue !== undefined) values[name] = valueFromAST(defaultValue, type)
  }
  return values
}

const coerced = (name: string, value: unknown, type: GraphQLInputType): unknown =>
  coerceInputValue(value, type, (path, _value, { message }) => {
    throw new GraphError(`--variables: ${[name, ...path].join('.')}: ${message}`)
  })

const isDeclared = ({ variableDefinitions = [] }: OperationDefinitionNode, name: string): boolean =>
  variableDefinitions.some(({ variable }) => variable.name.value === name)

const requiredOf = ({ variableDefinitions = [] }: OperationDefinitionNode): string[] =>
  variableDefinitions
    .filter(({ type, defaultValue }) => type.kind === 'NonNullType' && defaultValue === undefined)
    .map(({ variable }) => variable.name.value)

function estimateOr(estimate: () => number): number | GraphQLError {
  try {
    return estimate()
  } catch (error) {
    if (error instanceof GraphQLError) return error
    throw error
  }
}
