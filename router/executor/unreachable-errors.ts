import {
  type FieldNode,
  type GraphQLFormattedError,
  Kind,
  type OperationDefinitionNode,
  parse,
  type SelectionSetNode,
} from 'graphql'
import { isIncluded } from '../operations/is-included.ts'

type Request = { query?: string; variables?: Record<string, unknown> }
type Representation = { __typename?: string }

/**
 * The errors of a fetch that brought nothing: one for each field that it would have filled, so that a client finds one
 * at every place where it finds null. For entities the paths are `_entities`, index, field.
 */
export function unreachableErrors(
  request: Request,
  error: Pick<GraphQLFormattedError, 'message' | 'extensions'>,
): GraphQLFormattedError[] {
  const selections = rootSelections(request)
  const entities = selections.find((field) => field.name.value === '_entities')
  const paths =
    entities === undefined
      ? selections.map((field) => [responseName(field)])
      : representationsOf(request).flatMap((entity, index) =>
          fieldsFor(entity, entities.selectionSet, request).map((field) => ['_entities', index, responseName(field)]),
        )
  return paths.map((path) => ({ ...error, path }))
}

function rootSelections(request: Request): FieldNode[] {
  const operation = parse(request.query ?? '', { noLocation: true }).definitions.find(
    (definition): definition is OperationDefinitionNode => definition.kind === Kind.OPERATION_DEFINITION,
  )
  return fieldsOf(operation?.selectionSet, request, () => true)
}

const representationsOf = (request: Request): Representation[] =>
  (request.variables?.['representations'] ?? []) as Representation[]

/** The fields asked of one entity: those of the fragments on its type, or of all where they are on its interfaces. */
function fieldsFor(entity: Representation, selectionSet: SelectionSetNode | undefined, request: Request): FieldNode[] {
  const own = fieldsOf(selectionSet, request, (type) => type === entity.__typename)
  return own.length > 0 ? own : fieldsOf(selectionSet, request, () => true)
}

function fieldsOf(
  selectionSet: SelectionSetNode | undefined,
  request: Request,
  isWanted: (type: string) => boolean,
): FieldNode[] {
  return (selectionSet?.selections ?? []).flatMap((selection): FieldNode[] => {
    if (!isIncluded(selection, request.variables ?? {})) return []
    if (selection.kind === Kind.FIELD) return selection.name.value === '__typename' ? [] : [selection]
    if (selection.kind !== Kind.INLINE_FRAGMENT) return []
    const type = selection.typeCondition?.name.value
    return type === undefined || isWanted(type) ? fieldsOf(selection.selectionSet, request, () => true) : []
  })
}

const responseName = (field: FieldNode): string => field.alias?.value ?? field.name.value
