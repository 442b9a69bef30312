import {
  type ArgumentNode,
  type FieldNode,
  getNamedType,
  getNullableType,
  type GraphQLField,
  GraphQLError,
  type GraphQLInputField,
  type GraphQLOutputType,
  isInputObjectType,
  isListType,
  Kind,
  type ObjectFieldNode,
} from 'graphql'
import type { ListSize } from './cost-rules.ts'
import { combine, type Term, type Variables } from './terms.ts'

/** A slicing argument's value for a request; undefined where it has none. */
type Slice = (variables: Variables) => unknown

/**
 * The size that `@listSize` gives to a field, undefined where it gives none: the greatest of its slicing arguments, else the
 * assumed one. The term throws BAD_USER_INPUT where exactly one slicing argument is required and none or several have a
 * value; defaults are values, as Apollo Router has it.
 */
export function listSizeOf(
  { assumedSize, slicingArguments, requireOneSlicingArgument }: ListSize,
  node: FieldNode,
  field: GraphQLField<unknown, unknown>,
): Term<number | undefined> {
  if (slicingArguments.length === 0) return assumedSize
  const slices = slicingArguments.map((path) => sliceOf(path, node.arguments ?? [], field.args))
  return (variables) => {
    let size: number | undefined
    let count = 0
    for (const slice of slices) {
      const value = slice(variables)
      if (typeof value !== 'number') continue
      count += 1
      size = Math.max(size ?? 0, value)
    }
    if (requireOneSlicingArgument && count !== 1) throw expectedOne(slicingArguments, count, node)
    return size ?? assumedSize
  }
}

/**
 * How many values a field brings at most: the size that the field above gives to its list, else its own, else the assumed
 * one. Of lists of lists only the outer has a size of its own.
 */
export function countOf(
  type: GraphQLOutputType,
  size: { given: Term<number | undefined>; own: Term<number | undefined>; assumed: number },
): Term<number> {
  const lists = listsIn(type)
  // Where there is no list the size is for those below, but the refusal of its arguments holds all the same.
  if (lists === 0) return combine(size.own, undefined, () => 1)
  const inner = size.assumed ** (lists - 1)
  return combine(size.given, size.own, (given, own) => Math.max(0, given ?? own ?? size.assumed) * inner)
}

function listsIn(type: GraphQLOutputType): number {
  const nullable = getNullableType(type)
  return isListType(nullable) ? 1 + listsIn(nullable.ofType) : 0
}

function expectedOne(slicingArguments: ListSize['slicingArguments'], count: number, node: FieldNode): GraphQLError {
  const names = slicingArguments.map((path) => path.join('.')).join(', ')
  return new GraphQLError(
    `${node.name.value}: expected exactly one of its arguments ${names} to have a value, got ${count === 0 ? 'none' : count}`,
    { nodes: [node], extensions: { code: 'BAD_USER_INPUT', field: node.name.value } },
  )
}

type Given = readonly (ArgumentNode | ObjectFieldNode)[]
type Definition = Pick<GraphQLInputField, 'name' | 'type' | 'defaultValue'>

/** Reads the value at a path of arguments and input fields: what was written, a variable, or a default. */
function sliceOf([name, ...rest]: readonly string[], given: Given, definitions: readonly Definition[]): Slice {
  const definition = definitions.find((candidate) => candidate.name === name)
  if (definition === undefined) return () => undefined
  const byDefault = at(definition.defaultValue, rest)
  const value = given.find((candidate) => candidate.name.value === name)?.value
  if (value === undefined) return () => byDefault
  switch (value.kind) {
    case Kind.VARIABLE: {
      const variable = value.name.value
      return (variables) => (variables[variable] === undefined ? byDefault : at(variables[variable], rest))
    }
    case Kind.INT: {
      const number = Number(value.value)
      return () => (rest.length === 0 ? number : undefined)
    }
    case Kind.OBJECT: {
      const type = getNamedType(definition.type)
      return isInputObjectType(type) ? sliceOf(rest, value.fields, Object.values(type.getFields())) : () => undefined
    }
    default:
      return () => undefined
  }
}

const at = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (inner, name) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[name] : undefined,
    value,
  )
