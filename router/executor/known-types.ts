import { type GraphQLSchema, isAbstractType } from 'graphql'
import type { MendedSupergraph } from '../planner/mend-supergraph.ts'
import { type Data, get, isData } from './json-data.ts'

/** Has what came say of an object which type it is, where that is known. */
export type KeepTypes = (there: Data, came: Data) => void

/**
 * For a subgraph that knows an interface as an object, and so says its name for the type of whatever is one: what another
 * subgraph said is kept. Two fetches that bring one object, as those of parts of an answer do, would undo it. Undefined for
 * all other subgraphs.
 */
export function compileKeepTypes(
  schema: GraphQLSchema,
  { interfaceObjects }: Pick<MendedSupergraph, 'interfaceObjects'>,
  subgraph: string,
): KeepTypes | undefined {
  if (![...interfaceObjects].some((name) => name.startsWith(`${subgraph} `))) return undefined
  const isVague = (typename: unknown) => typeof typename === 'string' && isAbstractType(schema.getType(typename))
  const keep = (there: unknown, came: unknown): void => {
    if (Array.isArray(came)) {
      if (Array.isArray(there)) for (const [index, element] of came.entries()) keep(there[index], element)
    } else if (isData(came) && isData(there)) keepIn(there, came)
  }
  const keepIn: KeepTypes = (there, came) => {
    const { __typename: known } = there
    if (typeof known === 'string' && isVague(came['__typename'])) came['__typename'] = known
    for (const key of Object.keys(came)) keep(get(there, key), get(came, key))
  }
  return keepIn
}
