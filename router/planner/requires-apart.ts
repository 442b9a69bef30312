import { type DocumentNode, type InlineFragmentNode, Kind, type SelectionNode, type SelectionSetNode } from 'graphql'
import { deferAs, deferOf } from '../defer/defer-directive.ts'
import type { MendedSupergraph } from './mend-supergraph.ts'

type Known = Pick<MendedSupergraph, 'needs' | 'interfaceObjects' | 'implementers'>

/** Where a selection stands: whether in a fragment with `@defer`, and below a field of it. */
type Place = { isDeferred: boolean; isBelow: boolean }

// Unlike those that the clients' fragments get.
const PREFIX = 'apart'

/** Whether the deferred part with this label is one that {@link withRequiresApart} made: it belongs to the part around it. */
export const isApart = (label: string): boolean => label.startsWith(PREFIX)

/**
 * The planner forgets that it plans a deferred part where an object in it, which came with that part's own fetch, has to be
 * read elsewhere before its subgraph can be asked for more: a field that `@requires`, or a type of an interface object. In a
 * deferred fragment of its own such an object begins anew, by its key, and that it plans well. Names
 * are enough: one too many costs a fetch.
 */
export function withRequiresApart(document: DocumentNode, known: Known): DocumentNode {
  const fields = new Set([...known.needs.keys()].map((coordinate) => coordinate.slice(coordinate.indexOf('.') + 1)))
  const types = new Set([...known.interfaceObjects].flatMap((name) => typesOf(name, known)))
  const isMeant = (selection: SelectionNode): boolean =>
    selection.kind === Kind.FIELD
      ? fields.has(selection.name.value)
      : selection.kind === Kind.INLINE_FRAGMENT &&
        (types.has(selection.typeCondition?.name.value ?? '') ||
          (deferOf(selection.directives) === undefined && selection.selectionSet.selections.some(isMeant)))
  let count = 0
  const mend = (set: SelectionSetNode, place: Place): SelectionSetNode => {
    const isMeantHere = (selection: SelectionNode) => place.isDeferred && place.isBelow && isMeant(selection)
    const apart = set.selections.filter(isMeantHere)
    const others = set.selections.filter((selection) => !isMeantHere(selection))
    const mended = others.map((selection) => mendIn(selection, place))
    if (apart.length === 0) return { ...set, selections: mended }
    const label = `${PREFIX}${count++}`
    const inner = apart.map((selection) => mendIn(selection, { isDeferred: true, isBelow: false }))
    return { ...set, selections: [...mended, deferred(label, inner)] }
  }
  const mendIn = (selection: SelectionNode, place: Place): SelectionNode => {
    if (selection.kind === Kind.FRAGMENT_SPREAD || selection.selectionSet === undefined) return selection
    const inner =
      selection.kind === Kind.FIELD
        ? { ...place, isBelow: true }
        : deferOf(selection.directives) === undefined
          ? place
          : { isDeferred: true, isBelow: false }
    return { ...selection, selectionSet: mend(selection.selectionSet, inner) }
  }
  const definitions = document.definitions.map((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION
      ? { ...definition, selectionSet: mend(definition.selectionSet, { isDeferred: false, isBelow: false }) }
      : definition,
  )
  return { ...document, definitions }
}

const typesOf = (interfaceObject: string, { implementers }: Known): readonly string[] =>
  implementers.get(interfaceObject.slice(interfaceObject.indexOf(' ') + 1)) ?? []

const deferred = (label: string, selections: SelectionNode[]): InlineFragmentNode => ({
  kind: Kind.INLINE_FRAGMENT,
  directives: [deferAs(label)],
  selectionSet: { kind: Kind.SELECTION_SET, selections },
})
