import { GraphQLError, type GraphQLNamedType, type GraphQLOutputType } from 'graphql'
import { type Denial, denialError } from '../security/denial-error.ts'
import type { Data } from './json-data.ts'
import type { CollectedField } from './projection-fields.ts'

/** One run of a projection: where it is, and what breaks the schema. */
export type Projecting = { path: (string | number)[]; errors: GraphQLError[]; introspection: Data }

/** Null, with an error reported: nothing more is to be said about it where it rises. */
export const FAILED = Symbol('failed')
/** The same of a value that must not be null: it rises. */
export const RISEN = Symbol('risen')

/** Reports, for a value that may be null. */
export function fail(at: Projecting, message: string): symbol {
  report(at, message)
  return FAILED
}

/** The data does not say which type it is, and it could be several. */
export function rise(at: Projecting): symbol {
  report(at, `Expected the object to say its type, got none that is known.`)
  return RISEN
}

/** The viewer may not see what is here. */
export function deny(at: Projecting, denial: Denial): symbol {
  at.errors.push(denialError(denial, [...at.path]))
  return FAILED
}

/** Notes an error where the projection is. */
export const report = (at: Projecting, message: string): void =>
  void at.errors.push(
    new GraphQLError(message, { path: [...at.path], extensions: { code: 'DOWNSTREAM_SERVICE_ERROR' } }),
  )

/** What a message calls the place where the projection is. */
export function describe(
  { path }: Projecting,
  type: GraphQLOutputType | GraphQLNamedType,
  { parent }: CollectedField,
): string {
  const last = path.at(-1)
  return typeof last === 'number' ? `array element of type ${String(type)} at index ${last}` : `field ${parent}.${last}`
}
