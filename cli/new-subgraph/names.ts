import { compileFunction } from 'node:vm'
import type { GraphQLSchema } from 'graphql'
import { describeVariables } from '#platform/runtime/config.ts'
import { SUBGRAPHS } from '#platform/runtime/names.ts'
import { GraphError } from '../graph/graph-error.ts'

/** What the templates are filled with. */
export type Names = {
  /** `reviews`: folder, file, database, host and export. */
  name: string
  /** `Reviews`, in the names of types and functions. */
  Name: string
  /** `Review`: the entity type that it begins with. */
  Entity: string
  /** `review`: the root field that finds one. */
  entity: string
  /** `review`: in SQL. */
  table: string
}

// Folders inside subgraphs, which the import rules would take for the new one; and what else has a name of this kind.
const TAKEN = new Set(
  `commands domain events loaders neighbours persistence provider resolvers store
  api common main postgres redis registry router sandbox subgraphs supergraph`.split(/\s+/),
)

/** Names a new subgraph. Throws {@link GraphError}, which says what was expected, where it can't be called so. */
export function chooseNames(
  asked: { name: string | undefined; entity: string | undefined },
  api: GraphQLSchema,
): Names {
  const name = checkName(asked.name)
  const Entity = asked.entity ?? capitalised(singular(name))
  if (!/^[A-Z][A-Za-z0-9]*$/.test(Entity))
    throw new GraphError(`--entity: expected a type's name in PascalCase (Review), got ${JSON.stringify(Entity)}`)
  const names = {
    name,
    Name: capitalised(name),
    Entity,
    entity: `${Entity.charAt(0).toLowerCase()}${Entity.slice(1)}`,
    table: Entity.replaceAll(/(?<=[a-z0-9])[A-Z]/g, '_$&').toLowerCase(),
  }
  assertNew(names, api)
  return names
}

function checkName(name: string | undefined): string {
  const got = name === undefined ? 'none' : JSON.stringify(name)
  if (name === undefined || !/^[a-z][a-z0-9]{1,29}$/.test(name))
    throw new GraphError(
      `expected a name of 2 to 30 lower-case letters and digits that begins with a letter, such as reviews, got ${got}`,
    )
  if (SUBGRAPHS.some((one) => one === name)) throw new GraphError(`${name} is there already, in subgraphs/${name}`)
  if (
    TAKEN.has(name) ||
    isReserved(name) ||
    describeVariables().some((one) => one.name === `${name.toUpperCase()}_URL`)
  )
    throw new GraphError(`${name} means something else already: expected another name, such as ${name}s`)
  return name
}

/** Its code exports it under its name. */
function isReserved(name: string): boolean {
  try {
    compileFunction(`'use strict'; async () => { const ${name} = 1 }`)
    return false
  } catch (error) {
    if (error instanceof SyntaxError) return true
    throw error
  }
}

const capitalised = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`

/** `Review` of reviews, `Category` of categories; where English is odder, `--entity` says it. */
function singular(name: string): string {
  if (/[^aeiou]ies$/.test(name)) return name.replace(/ies$/, 'y')
  if (/(?:ss|sh|ch|x)es$/.test(name)) return name.replace(/es$/, '')
  return name.replace(/(?<![su])s$/, '')
}

function assertNew({ Entity, entity }: Names, api: GraphQLSchema): void {
  const types = [Entity, `Create${Entity}Input`, `${Entity}Payload`, `${Entity}Error`, `${Entity}ErrorCode`]
  const fields = [
    [api.getQueryType(), entity],
    [api.getMutationType(), `create${Entity}`],
  ] as const
  const taken =
    types.find((type) => api.getType(type)) ??
    fields.flatMap(([root, field]) => (root?.getFields()[field] ? `${root.name}.${field}` : []))[0]
  if (taken !== undefined)
    throw new GraphError(
      `the graph has ${taken} already: name another type with --entity, such as --entity Shop${Entity}`,
    )
}
