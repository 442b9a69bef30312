import {
  type CompositeType,
  type FieldDefinition,
  isInterfaceType,
  isObjectType,
  type InterfaceType,
  type ObjectType,
  parseSelectionSet,
  type Schema,
  type SelectionSet,
} from '@apollo/federation-internals'
import { z } from 'zod'
import { addRequirement, type Requirement } from './requirement.ts'

type Owner = ObjectType | InterfaceType
type Field = FieldDefinition<Owner>
type Rules = Map<string, Requirement>

/** `@join__field` (https://specs.apollo.dev/join) says from what a field is computed: by `@requires`, by `@fromContext`. */
const joinFieldSchema = z.object({
  requires: z.string().optional(),
  contextArguments: z.array(z.object({ context: z.string(), selection: z.string() })).optional(),
})

/**
 * Adds to each field what the fields need that it is computed from, so that nobody reads through it what they may not
 * see themselves: https://www.apollographql.com/docs/graphos/reference/federation/directives#requires. The key that finds
 * an entity in another subgraph is no such field: without it nothing of the entity could be asked for.
 */
export function addRequiredFields(schema: Schema, rules: Rules): void {
  const done = new Set<string>()
  for (const type of schema.types()) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue
    for (const field of type.fields()) complete(field, schema, rules, done)
  }
}

/** Depth first: what a field is computed from may itself be computed. */
function complete(field: Field, schema: Schema, rules: Rules, done: Set<string>): Requirement | undefined {
  if (done.has(field.coordinate)) return rules.get(field.coordinate)
  done.add(field.coordinate)
  for (const { on, fields } of readBy(field, schema)) {
    if (on !== field.parent) addRequirement(rules, field.coordinate, rules.get(on.name))
    const selections = parseSelectionSet({ parentType: on, source: fields })
    for (const requirement of needsOf(selections, schema, rules, done))
      addRequirement(rules, field.coordinate, requirement)
  }
  return rules.get(field.coordinate)
}

/** The selections that a field is computed from, each with the type that it is made on. */
function readBy(field: Field, schema: Schema): { on: Owner; fields: string }[] {
  return field.appliedDirectivesOf('join__field').flatMap((directive) => {
    const { requires, contextArguments = [] } = joinFieldSchema.parse(directive.arguments())
    return [
      ...(requires === undefined ? [] : [{ on: field.parent, fields: requires }]),
      ...contextArguments.flatMap(({ context, selection }) =>
        typesWithContext(schema, context).map((on) => ({ on, fields: selection })),
      ),
    ]
  })
}

const typesWithContext = (schema: Schema, context: string): Owner[] =>
  [...schema.objectTypes(), ...schema.interfaceTypes()].filter((type) =>
    type.appliedDirectivesOf('context').some((directive) => directive.arguments()['name'] === context),
  )

function needsOf(
  selections: SelectionSet,
  schema: Schema,
  rules: Rules,
  done: Set<string>,
): (Requirement | undefined)[] {
  return selections.selections().flatMap((selection) => {
    const inner = selection.selectionSet === undefined ? [] : needsOf(selection.selectionSet, schema, rules, done)
    if (selection.kind === 'FragmentSelection') {
      const condition: CompositeType | undefined = selection.element.typeCondition
      return [condition && rules.get(condition.name), ...inner]
    }
    const { definition } = selection.element
    const returned = definition.type && rules.get(namedTypeOf(definition))
    return [complete(definition as Field, schema, rules, done), returned, ...inner]
  })
}

const namedTypeOf = (field: FieldDefinition<CompositeType>): string => String(field.type).replaceAll(/[[\]!]/g, '')
