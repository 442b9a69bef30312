import { type Change, ChangeType } from '@graphql-inspector/core'
import { type GraphQLSchema, validate } from 'graphql'
import { coordinatesOf } from '#platform/graphql/coordinates.ts'
import type { Place } from '../report/finding.ts'
import type { ClientDocument } from '../source/operations.ts'

/** A client's document with what it uses of the graph as it was, and whether the graph as it is still accepts it. */
export type KnownDocument = ClientDocument & { uses: ReadonlyMap<string, readonly number[]>; errors: readonly Place[] }

/** Looks a document up in both graphs. */
export function known(from: ClientDocument, before: GraphQLSchema, after: GraphQLSchema): KnownDocument {
  const errors = validate(after, from.document).map(
    ({ locations }): Place => ({ file: from.file, line: locations?.[0]?.line ?? 1, of: from.name }),
  )
  return { ...from, uses: coordinatesOf(from.document, before), errors }
}

/** The lines of clients' documents that a change breaks. */
export function brokenBy(change: Change, documents: readonly KnownDocument[]): Place[] {
  const coordinate = coordinateOf(change)
  return documents.flatMap(({ uses, errors, file, name }) => {
    const lines = uses.get(coordinate) ?? []
    // Whether a document gives an argument is seen in it; what its variables hold is not, and so may be anything.
    if (ARGUMENTS.has(change.type) && errors.length === 0) return []
    return lines.map((line): Place => ({ file, line, of: name }))
  })
}

const ARGUMENTS: ReadonlySet<string> = new Set([
  ChangeType.FieldArgumentAdded,
  ChangeType.FieldArgumentRemoved,
  ChangeType.FieldArgumentTypeChanged,
])

/** What a client must use for a change to be its business. */
export function coordinateOf({ type, path = '', meta }: Change): string {
  const [owner = '', field = '', argument] = path.split('.')
  switch (type) {
    case ChangeType.FieldArgumentAdded:
    case ChangeType.FieldArgumentTypeChanged:
      return `${owner}.${field}`
    case ChangeType.FieldArgumentRemoved:
    case ChangeType.FieldArgumentDefaultChanged:
      return `${owner}.${field}(${argument}:)`
    // Who sends the input does not send a field that it can't know.
    case ChangeType.InputFieldAdded:
      return owner
    case ChangeType.ObjectTypeInterfaceRemoved:
      return (meta as { removedInterfaceName: string }).removedInterfaceName
    default:
      return path
  }
}
