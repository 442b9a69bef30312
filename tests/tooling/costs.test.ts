import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import {
  getNamedType,
  getNullableType,
  getOperationAST,
  getVariableValues,
  isCompositeType,
  isIntrospectionType,
  isListType,
  isObjectType,
  parse,
} from 'graphql'
import { readConfig } from '#platform/runtime/config.ts'
import { createCost } from '../../router/cost/operation-cost.ts'
import { readRouterOptions } from '../../router/options/router-options.ts'
import { loadSupergraph } from '../../router/supergraph/load-supergraph.ts'
import { fillIn, readExampleOperations } from '../../cli/collection/example-operations.ts'

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const { apiSchema, costRules: rules } = loadSupergraph(read('schema/supergraph.graphql'))
assert.ok(rules !== undefined)
const { limits } = await readRouterOptions(readConfig({}))

const objectTypes = Object.values(apiSchema.getTypeMap()).filter(
  (type) => isObjectType(type) && !isIntrospectionType(type),
)

test('every list of objects has a size, its own or that of the field above', () => {
  const sized = new Set(rules.listSizes.keys())
  for (const type of objectTypes)
    for (const field of Object.values(isObjectType(type) ? type.getFields() : {}))
      for (const inner of rules.listSizes.get(`${type.name}.${field.name}`)?.sizedFields ?? [])
        sized.add(`${getNamedType(field.type).name}.${inner}`)
  const lists = objectTypes.flatMap((type) =>
    Object.values(isObjectType(type) ? type.getFields() : {})
      .filter((field) => isListType(getNullableType(field.type)) && isCompositeType(getNamedType(field.type)))
      .map((field) => `${type.name}.${field.name}`),
  )
  assert.deepEqual(
    lists.filter((coordinate) => !sized.has(coordinate)),
    [],
  )
})

/** What an example costs at most. Ids do not matter; numbers do. */
function costOf({ source, variables }: ReturnType<typeof readExampleOperations>[number]): number {
  const document = parse(source)
  const filled = fillIn(variables, (placeholder) => (placeholder === 'cartVersion' ? 1 : placeholder))
  const definitions = getOperationAST(document)?.variableDefinitions ?? []
  const { coerced, errors } = getVariableValues(apiSchema, definitions, filled)
  assert.ok(coerced !== undefined, errors?.map(({ message }) => message).join())
  assert.ok(rules !== undefined)
  const { assumedListSize } = limits
  return createCost({ schema: apiSchema, rules, assumedListSize })(document, undefined).estimate(coerced)
}

test('docs/limits.md tells what each example costs, none more than a tenth of what is allowed', () => {
  const costs = readExampleOperations().map((example): [string, number] => [example.name, costOf(example)])
  for (const [name, cost] of costs) assert.ok(cost * 10 <= limits.maxCost, `${name} costs ${cost}`)
  const table = costs
    .toSorted(([, one], [, other]) => other - one)
    .map(([name, cost]) => `| \`${name}\` | ${cost} |`)
    .join('\n')
  assert.ok(read('docs/limits.md').includes(table), `expected in docs/limits.md:\n${table}`)
})
