import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql'
import { fragmentsOf } from '../executor/projection-fields.ts'

/**
 * The document with the conditions of an object around it where all that is selected of it has conditions, too. The planner
 * takes those of the selections for conditions of the object: it would not fetch what is an object without fields, and the
 * client would get null.
 */
export function aroundObjects(document: DocumentNode): DocumentNode {
  const fragments = fragmentsOf(document)
  const isSure = (selection: SelectionNode): boolean => {
    if (selection.directives?.some(isCondition)) return false
    if (selection.kind === Kind.FIELD) return true
    const { selectionSet } =
      selection.kind === Kind.INLINE_FRAGMENT ? selection : (fragments.get(selection.name.value) ?? {})
    return selectionSet?.selections.some(isSure) === true
  }
  return visit(document, {
    SelectionSet: {
      leave: (set): SelectionSetNode | undefined => {
        if (!set.selections.some((selection) => isMeant(selection, isSure))) return undefined
        return {
          ...set,
          selections: set.selections.map((selection) => (isMeant(selection, isSure) ? around(selection) : selection)),
        }
      },
    },
  })
}

const isMeant = (selection: SelectionNode, isSure: (inner: SelectionNode) => boolean): selection is FieldNode =>
  selection.kind === Kind.FIELD &&
  selection.directives?.some(isCondition) === true &&
  selection.selectionSet?.selections.some(isSure) === false

const isCondition = ({ name }: DirectiveNode): boolean => name.value === 'skip' || name.value === 'include'

function around(field: FieldNode): SelectionNode {
  const directives = field.directives ?? []
  return {
    kind: Kind.INLINE_FRAGMENT,
    directives: directives.filter(isCondition),
    selectionSet: {
      kind: Kind.SELECTION_SET,
      selections: [{ ...field, directives: directives.filter((directive) => !isCondition(directive)) }],
    },
  }
}
