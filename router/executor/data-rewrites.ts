import type { FetchDataRewrite } from '@apollo/query-planner'
import type { GraphQLSchema } from 'graphql'
import { type Data, get, put } from './json-data.ts'
import { isOfType } from './type-conditions.ts'

/** Changes what is sent or what came, in place. */
export type Rewrite = (value: unknown) => void

const FRAGMENT = '... on '

/** The planner's rewrites as one function; undefined where there are none. */
export function compileRewrites(
  schema: GraphQLSchema,
  rewrites: readonly FetchDataRewrite[] | undefined,
): Rewrite | undefined {
  if (rewrites === undefined || rewrites.length === 0) return undefined
  const compiled = rewrites.map((rewrite) => compilePath(schema, rewrite.path, change(rewrite)))
  return (value) => {
    for (const apply of compiled) apply(value)
  }
}

/** The path of an error in what came, with the names that `rewrites` give. */
export function renamePath(
  path: readonly (string | number)[],
  rewrites: readonly FetchDataRewrite[] | undefined,
): readonly (string | number)[] {
  let renamed = path
  for (const rewrite of rewrites ?? []) {
    if (rewrite.kind === 'KeyRenamer') renamed = renameOnce(renamed, fieldsOf(rewrite.path), rewrite.renameKeyTo)
  }
  return renamed
}

const fieldsOf = (path: readonly string[]): string[] => path.filter((element) => !element.startsWith(FRAGMENT))

function renameOnce(path: readonly (string | number)[], fields: string[], name: string): readonly (string | number)[] {
  let met = 0
  for (const [index, element] of path.entries()) {
    if (typeof element === 'number') continue
    if (element !== fields[met]) return path
    met += 1
    if (met === fields.length) return path.with(index, name)
  }
  return path
}

function change(rewrite: FetchDataRewrite): { key: string; apply: (data: Data) => void } {
  const key = rewrite.path.at(-1) ?? ''
  if (rewrite.kind === 'ValueSetter') return { key, apply: (data) => put(data, key, rewrite.setValueTo) }
  const { renameKeyTo } = rewrite
  const apply = (data: Data) => {
    const value = get(data, key)
    if (value === undefined) return
    put(data, renameKeyTo, value)
    delete data[key]
  }
  return { key, apply }
}

function compilePath(schema: GraphQLSchema, path: readonly string[], { apply }: ReturnType<typeof change>): Rewrite {
  let rewrite: Rewrite = eachObject((value) => apply(value as Data))
  for (const element of path.slice(0, -1).toReversed()) rewrite = eachObject(step(schema, element, rewrite))
  return rewrite
}

function step(schema: GraphQLSchema, element: string, next: Rewrite): Rewrite {
  if (!element.startsWith(FRAGMENT)) return (value) => next(get(value as Data, element))
  const condition = element.slice(FRAGMENT.length)
  return (value) => {
    const { __typename: typename } = value as Data
    // An object that does not say what it is was asked for by this very condition.
    if (typeof typename !== 'string' || isOfType(schema, typename, condition)) next(value)
  }
}

const eachObject =
  (act: Rewrite): Rewrite =>
  (value) => {
    if (Array.isArray(value)) for (const element of value) eachObject(act)(element)
    else if (typeof value === 'object' && value !== null) act(value)
  }
