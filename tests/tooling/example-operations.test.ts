import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { buildSchema, getVariableValues, Kind, type OperationDefinitionNode, parse, validate } from 'graphql'
import { fillIn, readExampleOperations, readExamplesReadme } from '../../cli/collection/example-operations.ts'

const schema = buildSchema(readFileSync(new URL('../../schema/api.graphql', import.meta.url), 'utf8'))
const examples = readExampleOperations()
const documented = new Set([...readExamplesReadme().matchAll(/`\$\{(\w+)\}`/g)].map((match) => match[1] ?? ''))

for (const example of examples) {
  test(`examples/operations/${example.name} is valid, and so are its variables`, () => {
    const document = parse(example.source)
    assert.deepEqual(validate(schema, document), [])
    const [operation, ...others] = document.definitions.filter(
      (definition) => definition.kind === Kind.OPERATION_DEFINITION,
    )
    assert.ok(operation !== undefined && others.length === 0, 'expected one operation')
    assert.equal(operation.name?.value, pascalCase(example.name))
    assert.deepEqual(variableErrors(operation, fillIn(example.variables, sampleOf)), [])
  })
}

test('every placeholder that the README explains is used', () => {
  const used = new Set<string>()
  for (const { variables } of examples) fillIn(variables, (name) => (used.add(name), sampleOf(name)))
  assert.deepEqual([...used].toSorted(), [...documented].filter((name) => name !== 'name').toSorted())
})

test('the examples use every subscription that has a screen, and mutations of every subgraph', () => {
  const text = examples.map(({ source }) => source).join('\n')
  for (const field of ['orderChanged', 'stockChanged', 'priceChanged', 'cartChanged', 'ordersChanged']) {
    assert.match(text, new RegExp(`\\b${field}\\(`))
  }
  for (const field of ['register', 'createProduct', 'setStock', 'addToCart', 'checkout', 'payOrder']) {
    assert.match(text, new RegExp(`\\b${field}\\(`))
  }
})

function variableErrors(operation: OperationDefinitionNode, variables: Record<string, unknown>): string[] {
  const declared = operation.variableDefinitions ?? []
  const unknown = Object.keys(variables).filter(
    (name) => !declared.some(({ variable }) => variable.name.value === name),
  )
  const { errors = [] } = getVariableValues(schema, declared, variables)
  return [...unknown.map((name) => `$${name} is not declared`), ...errors.map(({ message }) => message)]
}

function sampleOf(placeholder: string): string | number {
  assert.ok(documented.has(placeholder), `\${${placeholder}} is not in the README`)
  return placeholder === 'cartVersion' ? 7 : `a-${placeholder}`
}

function pascalCase(name: string): string {
  return name.replace(/(?:^|-)(\w)/g, (_whole, letter: string) => letter.toUpperCase())
}
