import { type GraphQLLeafType, isEnumType, isSpecifiedScalarType } from 'graphql'

/** Whether a value is one of a leaf type's. */
export type IsValid = (value: unknown) => boolean

/** The check for a leaf type: a hidden or unknown value of an enum is none; a custom scalar may be anything. */
export function leafCheck(type: GraphQLLeafType): IsValid {
  if (isEnumType(type)) {
    const values = new Set<unknown>(type.getValues().map(({ name }) => name))
    return (value) => values.has(value)
  }
  return isSpecifiedScalarType(type) ? (SPECIFIED[type.name] ?? anything) : anything
}

const anything: IsValid = () => true
const isInteger: IsValid = (value) => Number.isInteger(value)

const SPECIFIED: Readonly<Record<string, IsValid>> = {
  String: (value) => typeof value === 'string',
  ID: (value) => typeof value === 'string' || isInteger(value),
  Boolean: (value) => typeof value === 'boolean',
  Int: isInteger,
  Float: (value) => typeof value === 'number',
}
