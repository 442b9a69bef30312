import {
  type Directive,
  isInterfaceType,
  isObjectType,
  type NamedType,
  type Schema,
} from '@apollo/federation-internals'

/** What the token must carry: one of the lists of `scopes`, all of it. */
export type Requirement = {
  readonly isAuthenticated: boolean
  readonly scopes: readonly (readonly string[])[]
  readonly hasPolicy: boolean
}

/** What a request may see. */
export type Access = { readonly isAuthenticated: boolean; readonly scopes: ReadonlySet<string> }

/** The requirements of a supergraph, by schema coordinate (`Type` or `Type.field`). */
export type AccessRules = ReadonlyMap<string, Requirement>

/** The specifications read here: https://specs.apollo.dev/authenticated, /requiresScopes and /policy. */
const IDENTITY = 'https://specs.apollo.dev/'

type Names = { authenticated: string | undefined; requiresScopes: string | undefined; policy: string | undefined }
type Protected = { appliedDirectivesOf(name: string): Directive[] }

/** Reads `@authenticated`, `@requiresScopes` and `@policy` wherever a supergraph applies them, under whatever name it links them. */
export function readAccessRules(schema: Schema): AccessRules {
  const names: Names = {
    authenticated: nameInSchema(schema, 'authenticated'),
    requiresScopes: nameInSchema(schema, 'requiresScopes'),
    policy: nameInSchema(schema, 'policy'),
  }
  const rules = new Map<string, Requirement>()
  for (const type of schema.types()) readType(type, names, rules)
  return rules
}

/** Whether `access` meets `requirement`. A `@policy` is never met: nothing here evaluates policies. */
export function isMet(requirement: Requirement | undefined, access: Access): boolean {
  if (requirement === undefined) return true
  if (requirement.hasPolicy || (requirement.isAuthenticated && !access.isAuthenticated)) return false
  return (
    requirement.scopes.length === 0 || requirement.scopes.some((all) => all.every((scope) => access.scopes.has(scope)))
  )
}

/** What a token lacks, for people. */
export function describe(requirement: Requirement): string {
  if (requirement.hasPolicy) return 'a policy that this router does not evaluate'
  if (requirement.scopes.length === 0) return 'a signed-in user'
  return `the scope ${requirement.scopes.map((all) => all.join(' and ')).join(', or ')}`
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
  const scopes = applied(names.requiresScopes).flatMap(scopesOf)
  const requirement: Requirement = {
    isAuthenticated: applied(names.authenticated).length > 0 || scopes.length > 0,
    scopes,
    hasPolicy: applied(names.policy).length > 0,
  }
  if (requirement.isAuthenticated || requirement.hasPolicy) rules.set(coordinate, requirement)
}

const scopesOf = (directive: Directive): readonly string[][] => directive.arguments()['scopes']
