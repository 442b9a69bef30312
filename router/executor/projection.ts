import {
  getNamedType,
  type GraphQLCompositeType,
  type GraphQLLeafType,
  type GraphQLOutputType,
  isCompositeType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql'
import { type Data, get, isData, put } from './json-data.ts'
import { type IsValid, leafCheck } from './leaf-values.ts'
import { deny, describe, FAILED, fail, type Projecting, report, RISEN, rise } from './projecting.ts'
import { type CollectedField, collectFields, type Scope, type Selected } from './projection-fields.ts'

/** Makes the client's value of what was fetched. */
type Complete = (value: unknown, at: Projecting) => unknown

/** The projection of a root type's selections; null where a null has risen to the top. */
export function compileRoot(
  selected: readonly Selected[],
  type: string,
  scope: Scope,
): (data: Data, at: Projecting) => Data | null {
  const fields = collectFields(selected, type, scope).map((field) => compileField(field, type, scope))
  return (data, at) => {
    const projected = projectFields(fields, data, at)
    return isData(projected) ? projected : null
  }
}

type Field = {
  key: string
  source: string
  isValid: IsValid | undefined
  complete: Complete
  isIntrospection: boolean
  typename: TypenameOf | undefined
}
type TypenameOf = (data: Data) => string | undefined

function compileField(field: CollectedField, typename: string, scope: Scope): Field {
  const { key, source, name, type } = field
  const leaf = type === undefined ? undefined : isNonNullType(type) ? type.ofType : type
  const denial = field.nodes.map((node) => scope.denials?.denied.get(node)).find((found) => found !== undefined)
  if (denial !== undefined)
    return { ...NO_VALUE, key, source, complete: compileNullability(type, field, (_value, at) => deny(at, denial)) }
  return {
    key,
    source,
    isIntrospection: type === undefined,
    typename: name === '__typename' ? typenameOf(key, typename, scope) : undefined,
    isValid: isLeafType(leaf) ? leafCheck(leaf) : undefined,
    complete: type === undefined ? (value) => value : compileType(type, field, scope),
  }
}

const NO_VALUE = { isIntrospection: false, typename: undefined, isValid: undefined }

const compileNullability = (
  type: GraphQLOutputType | undefined,
  field: CollectedField,
  complete: Complete,
): Complete => (isNonNullType(type) ? compileNonNull(complete, type.ofType, field) : complete)

/** What `__typename` says: the type of the data where clients may know it, or the only one it can be. */
function typenameOf(key: string, typename: string, { schema }: Scope): TypenameOf {
  return (data) => {
    const said = get(data, key) ?? data['__typename']
    const type = (typeof said === 'string' ? schema.getType(said) : undefined) ?? schema.getType(typename)
    return isObjectType(type) ? type.name : undefined
  }
}

function projectFields(fields: readonly Field[], data: Data, at: Projecting): Data | symbol {
  const out: Data = {}
  for (const field of fields) {
    const value = field.isIntrospection ? get(at.introspection, field.key) : get(data, field.source)
    if (field.typename !== undefined) {
      const typename = field.typename(data)
      if (typename === undefined) return rise(at)
      put(out, field.key, typename)
    } else if (value !== null && value !== undefined && field.isValid?.(value) === true) put(out, field.key, value)
    else {
      at.path.push(field.key)
      const completed = field.complete(value, at)
      at.path.pop()
      if (completed === RISEN) return RISEN
      put(out, field.key, completed === FAILED ? null : completed)
    }
  }
  return out
}

function compileType(type: GraphQLOutputType, field: CollectedField, scope: Scope): Complete {
  if (isNonNullType(type)) return compileNonNull(compileType(type.ofType, field, scope), type.ofType, field)
  if (isListType(type)) return orNull(compileList(type.ofType, field, scope))
  const named = getNamedType(type)
  return orNull(
    isLeafType(named) ? compileLeaf(named, field) : compileObject(named as GraphQLCompositeType, field, scope),
  )
}

const orNull =
  (complete: Complete): Complete =>
  (value, at) =>
    value === null || value === undefined ? null : complete(value, at)

function compileNonNull(complete: Complete, type: GraphQLOutputType, field: CollectedField): Complete {
  return (value, at) => {
    const completed = complete(value, at)
    if (completed === null) report(at, `Cannot return null for non-nullable ${describe(at, type, field)}.`)
    return completed === null || completed === FAILED ? RISEN : completed
  }
}

function compileList(type: GraphQLOutputType, field: CollectedField, scope: Scope): Complete {
  const complete = compileType(type, field, scope)
  return (value, at) => {
    if (!Array.isArray(value)) return fail(at, `Expected a list for ${describe(at, type, field)}.`)
    let hasRisen = false
    const list = value.map((element, index) => {
      at.path.push(index)
      const completed = complete(element, at)
      at.path.pop()
      hasRisen ||= completed === RISEN
      return completed === FAILED ? null : completed
    })
    return hasRisen ? FAILED : list
  }
}

function compileLeaf(type: GraphQLLeafType, field: CollectedField): Complete {
  const isValid = leafCheck(type)
  return (value, at) => (isValid(value) ? value : fail(at, `Invalid value found for ${describe(at, type, field)}.`))
}

function compileObject(type: GraphQLCompositeType, field: CollectedField, scope: Scope): Complete {
  const denied = scope.denials?.deniedTypes
  const byTypename = new Map<string, readonly Field[]>()
  const fieldsFor = (typename: string): readonly Field[] => {
    const fields = collectFields(field.inner, typename, scope).map((inner) => compileField(inner, typename, scope))
    byTypename.set(typename, fields)
    return fields
  }
  return (value, at) => {
    if (!isData(value)) return fail(at, `Expected an object for ${describe(at, type, field)}.`)
    const typename = value['__typename'] ?? type.name
    const fields =
      byTypename.get(typename as string) ?? (isComposite(typename, scope) ? fieldsFor(typename) : undefined)
    const requirement = denied?.get(typename as string)
    if (requirement !== undefined) return deny(at, { coordinate: typename as string, requirement })
    if (fields === undefined) return fail(at, `Invalid __typename found for object at ${describe(at, type, field)}.`)
    const projected = projectFields(fields, value, at)
    return projected === RISEN ? FAILED : projected
  }
}

const isComposite = (typename: unknown, { schema }: Scope): typename is string =>
  typeof typename === 'string' && isCompositeType(schema.getType(typename))
