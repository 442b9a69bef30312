import {
  type Directive,
  isInterfaceType,
  isObjectType,
  type InterfaceType,
  type NamedType,
  type Schema,
} from '@apollo/federation-internals'
import { addRequirement, type Alternatives, OPEN, type Requirement } from './requirement.ts'
import { addRequiredFields } from './required-fields.ts'

/** The requirements of a supergraph, by schema coordinate (`Type` or `Type.field`). */
export type AccessRules = ReadonlyMap<string, Requirement>

/** The specifications read here: https://specs.apollo.dev/authenticated, /requiresScopes and /policy. */
const IDENTITY = 'https://specs.apollo.dev/'

type Names = { authenticated: string | undefined; requiresScopes: string | undefined; policy: string | undefined }
type Protected = { appliedDirectivesOf(name: string): Directive[] }

/**
 * Reads `@authenticated`, `@requiresScopes` and `@policy` wherever a supergraph applies them, under whatever name it
 * links them. Then does what composition does since 2.12, for supergraphs that were composed by an older one: an interface
 * and its fields need what their implementations need, and a field needs what the fields need that it is computed from.
 */
export function readAccessRules(schema: Schema): AccessRules {
  const names: Names = {
    authenticated: nameInSchema(schema, 'authenticated'),
    requiresScopes: nameInSchema(schema, 'requiresScopes'),
    policy: nameInSchema(schema, 'policy'),
  }
  const rules = new Map<string, Requirement>()
  if (Object.values(names).every((name) => name === undefined)) return rules
  for (const type of schema.types()) readType(type, names, rules)
  for (const type of schema.interfaceTypes()) addImplementations(type, rules)
  addRequiredFields(schema, rules)
  return rules
}

function nameInSchema(schema: Schema, directive: string): string | undefined {
  const feature = schema.coreFeatures?.getByIdentity(`${IDENTITY}${directive}`)
  return feature?.directiveNameInSchema(directive)
}

function readType(type: NamedType, names: Names, rules: Map<string, Requirement>): void {
  add(type.name, type, names, rules)
  if (!isObjectType(type) && !isInterfaceType(type)) return
  for (const field of type.fields()) add(field.coordinate, field, names, rules)
}

function add(coordinate: string, element: Protected, names: Names, rules: Map<string, Requirement>): void {
  const applied = (name: string | undefined) => (name === undefined ? [] : element.appliedDirectivesOf(name))
  const requirements = [
    ...applied(names.authenticated).map((): Requirement => ({ ...OPEN, isAuthenticated: true })),
    ...applied(names.requiresScopes).map((directive) => ({ ...OPEN, scopes: alternatives(directive, 'scopes') })),
    ...applied(names.policy).map((directive) => ({ ...OPEN, policies: alternatives(directive, 'policies') })),
  ]
  for (const requirement of requirements) addRequirement(rules, coordinate, requirement)
}

function addImplementations(type: InterfaceType, rules: Map<string, Requirement>): void {
  for (const implementation of type.possibleRuntimeTypes()) {
    addRequirement(rules, type.name, rules.get(implementation.name))
    for (const { name } of type.fields())
      addRequirement(rules, `${type.name}.${name}`, rules.get(`${implementation.name}.${name}`))
  }
}

const alternatives = (directive: Directive, argument: string): Alternatives => directive.arguments()[argument]
