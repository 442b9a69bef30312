import {
  type DocumentNode,
  type FieldNode,
  getNamedType,
  type GraphQLCompositeType,
  GraphQLError,
  type GraphQLField,
  type GraphQLSchema,
  isAbstractType,
  Kind,
  type SelectionSetNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import type { LRUCache } from 'lru-cache'
import { createCache } from '../caches.ts'
import type { AccessRules } from './access-rules.ts'
import { type Access, isMet, type Requirement } from './requirement.ts'
import type { Denial, Denials } from './denial-error.ts'

/** An operation less what the viewer may not see. */
export type FilteredOperation = Denials & {
  readonly document: DocumentNode
  /** False where nothing was taken out and nothing can turn out to be forbidden: the answer is right as it comes. */
  readonly hasDenials: boolean
  /** Why the operation is not served at all. */
  readonly refusal?: GraphQLError
}

/** Takes out of a document what `access` does not allow. The result is remembered per document, scopes and policies. */
export type FilterOperation = (document: DocumentNode, access: Access) => FilteredOperation

// Of one document: a shop has a handful of roles.
const REMEMBERED_VARIANTS = 32
const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } }
const NOTHING = new Map<never, never>()

/** The filter for one supergraph. `schema` is what clients see. */
export function createFilter(schema: GraphQLSchema, rules: AccessRules): FilterOperation {
  if (rules.size === 0) return (document) => ({ document, denied: NOTHING, deniedTypes: NOTHING, hasDenials: false })
  // Documents are remembered elsewhere, as many as there is room for; what was made of one goes with it.
  const byDocument = new WeakMap<DocumentNode, LRUCache<string, FilteredOperation>>()
  return (document, access) => {
    const known = byDocument.get(document)
    const byAccess = known ?? createCache<string, FilteredOperation>('filtered_variants', { max: REMEMBERED_VARIANTS })
    if (known === undefined) byDocument.set(document, byAccess)
    const key = keyOf(access)
    const remembered = byAccess.get(key)
    if (remembered !== undefined) return remembered
    const filtered = filterDocument(document, { schema, rules, access })
    byAccess.set(key, filtered)
    return filtered
  }
}

type Names = ReadonlySet<string>

const keyOf = ({ isAuthenticated, scopes, policies }: Access): string =>
  scopes.size === 0 && policies.size === 0
    ? String(isAuthenticated)
    : keyIn(isAuthenticated ? keysOfUsers : keysOfGuests, scopes, policies)

// A token is remembered, and its scopes with it; so are the policies that most have: mostly these very sets came before.
// To put a key together anew, and to find anything by it, takes half a microsecond.
type Keys = WeakMap<Names, WeakMap<Names, string>>
const keysOfUsers: Keys = new WeakMap()
const keysOfGuests: Keys = new WeakMap()

function keyIn(keys: Keys, scopes: Names, policies: Names): string {
  const byPolicies = keys.get(scopes) ?? new WeakMap<Names, string>()
  const known = byPolicies.get(policies)
  if (known !== undefined) return known
  // Nobody's names can be taken for others': they are written as JSON.
  const key = JSON.stringify([keys === keysOfUsers, [...scopes].toSorted(), [...policies].toSorted()])
  keys.set(scopes, byPolicies.set(policies, key))
  return key
}

type Scope = { schema: GraphQLSchema; rules: AccessRules; access: Access }

function filterDocument(document: DocumentNode, scope: Scope): FilteredOperation {
  const denied = new Map<FieldNode, Denial>()
  const deniedTypes = new Map<string, Requirement>()
  let refusal: GraphQLError | undefined
  const types = new TypeInfo(scope.schema)
  const filtered = visit(
    document,
    visitWithTypeInfo(types, {
      Field: (node) => {
        // Its value would pass for the type's name, and a protected type for another one.
        if (node.alias?.value === '__typename' && node.name.value !== '__typename') refusal = reservedAlias(node)
        const denial = denialOf(types.getParentType(), types.getFieldDef(), scope)
        if (denial === undefined) return undefined
        denied.set(node, denial)
        return null
      },
      SelectionSet: {
        leave: (node) => {
          const parent = types.getParentType()
          for (const [name, requirement] of deniedTypesIn(parent, scope)) deniedTypes.set(name, requirement)
          return complete(node, parent)
        },
      },
    }),
  )
  const hasDenials = denied.size > 0 || deniedTypes.size > 0
  return { document: hasDenials ? filtered : document, denied, deniedTypes, hasDenials, ...(refusal && { refusal }) }
}

const reservedAlias = (node: FieldNode): GraphQLError =>
  new GraphQLError(`__typename is no alias for ${node.name.value}`, {
    nodes: node,
    extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
  })

/** The first rule that a field breaks: its own, its type's, its parent's. */
function denialOf(
  parent: GraphQLCompositeType | null | undefined,
  field: GraphQLField<unknown, unknown> | null | undefined,
  scope: Scope,
): Denial | undefined {
  if (!parent || !field || field.name.startsWith('__')) return undefined
  for (const coordinate of coordinatesOf(parent, field)) {
    const requirement = scope.rules.get(coordinate)
    if (requirement !== undefined && !isMet(requirement, scope.access)) return { coordinate, requirement }
  }
  return undefined
}

function deniedTypesIn(
  parent: GraphQLCompositeType | null | undefined,
  { schema, rules, access }: Scope,
): [string, Requirement][] {
  if (!isAbstractType(parent)) return []
  return schema.getPossibleTypes(parent).flatMap(({ name }): [string, Requirement][] => {
    const requirement = rules.get(name)
    return requirement === undefined || isMet(requirement, access) ? [] : [[name, requirement]]
  })
}

/** No selection may be empty, and what an interface turned out to be must be known to tell what was denied in it. */
function complete(
  node: SelectionSetNode,
  parent: GraphQLCompositeType | null | undefined,
): SelectionSetNode | undefined {
  if (node.selections.length > 0 && !isAbstractType(parent)) return undefined
  return { ...node, selections: [...node.selections, TYPENAME] }
}

/** Where rules stand that concern a field selected on `parent`. */
export const coordinatesOf = (parent: GraphQLCompositeType, field: GraphQLField<unknown, unknown>): string[] => [
  `${parent.name}.${field.name}`,
  getNamedType(field.type).name,
  parent.name,
]
