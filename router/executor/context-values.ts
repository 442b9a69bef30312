import type { FetchDataKeyRenamer } from '@apollo/query-planner'
import type { GraphQLSchema } from 'graphql'
import { type Data, get, isData } from './json-data.ts'
import { isOfType } from './type-conditions.ts'

/** The arguments that an entity's fields take from what is around it (`@fromContext`), by the name of the fetch's variable. */
export type ContextOf = (ancestors: readonly Data[]) => Data

/** Targets with equal values of the arguments from context, which one call can ask for. */
export type ContextGroup = { targets: readonly Data[]; values: Data }

const PARENT = '..'
const FRAGMENT = '... on '

/** The planner's `contextRewrites` as a function; undefined where there are none. */
export function compileContext(
  schema: GraphQLSchema,
  rewrites: readonly FetchDataKeyRenamer[] | undefined,
): ContextOf | undefined {
  if (rewrites === undefined || rewrites.length === 0) return undefined
  const readers = rewrites.map(({ path, renameKeyTo }) => ({ name: renameKeyTo, read: reader(schema, path) }))
  return (ancestors) => {
    const values: Data = {}
    for (const { name, read } of readers) values[name] ??= read(ancestors)
    return values
  }
}

/** The objects at the end of `path`, in groups of equal context. */
export function groupByContext(
  data: Data,
  paths: readonly (readonly string[])[],
  contextOf: ContextOf,
): ContextGroup[] {
  const groups = new Map<string, { targets: Set<Data>; values: Data }>()
  const walk = (value: unknown, path: readonly string[], ancestors: readonly Data[]): void => {
    if (Array.isArray(value)) {
      const rest = path[0] === '@' ? path.slice(1) : path
      for (const element of value) walk(element, rest, ancestors)
    } else if (isData(value)) {
      const [key, ...rest] = path
      const chain = [...ancestors, value]
      if (key === undefined) add(value, contextOf(chain))
      else walk(get(value, key), rest, chain)
    }
  }
  const add = (target: Data, values: Data) => {
    const key = JSON.stringify(values)
    const group = groups.get(key) ?? { targets: new Set<Data>(), values }
    group.targets.add(target)
    groups.set(key, group)
  }
  for (const path of paths) walk(data, path, [])
  return [...groups.values()].map(({ targets, values }) => ({ targets: [...targets], values }))
}

/** Reads a path that begins with a `..` for each object to go up, the last of `ancestors` being the entity itself. */
function reader(schema: GraphQLSchema, path: readonly string[]): (ancestors: readonly Data[]) => unknown {
  const up = path.filter((element) => element === PARENT).length
  const down = path.slice(up)
  return (ancestors) => descend(ancestors.at(-1 - up), down, schema)
}

function descend(value: unknown, path: readonly string[], schema: GraphQLSchema): unknown {
  const [element, ...rest] = path
  if (element === undefined) return value
  if (Array.isArray(value)) return value.map((item) => descend(item, path, schema))
  if (!isData(value)) return undefined
  if (!element.startsWith(FRAGMENT)) return descend(get(value, element), rest, schema)
  const { __typename: typename } = value
  const isMet = typeof typename !== 'string' || isOfType(schema, typename, element.slice(FRAGMENT.length))
  return isMet ? descend(value, rest, schema) : undefined
}
