import { Kind, parse, type SelectionSetNode } from 'graphql'

/** Selections of contexts come with braces and type conditions, those of keys and `@requires` without. */
export const fieldSet = (text: string): SelectionSetNode => {
  const [operation] = parse(text.trim().startsWith('{') ? text : `{${text}}`, { noLocation: true }).definitions
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error(`expected a set of fields, got ${text}`)
  return operation.selectionSet
}

/** Adds the names of all fields in a selection. */
export function noteNames(selectionSet: SelectionSetNode | undefined, names: Set<string>): void {
  for (const selection of selectionSet?.selections ?? []) {
    if (selection.kind === Kind.FIELD) names.add(selection.name.value)
    if (selection.kind !== Kind.FRAGMENT_SPREAD) noteNames(selection.selectionSet, names)
  }
}

/** The paths of the fields of which nothing is selected. Type conditions are no part of them. */
export function leavesOf(selectionSet: SelectionSetNode, path = ''): string[] {
  return selectionSet.selections.flatMap((selection) => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return []
    if (selection.kind === Kind.INLINE_FRAGMENT) return leavesOf(selection.selectionSet, path)
    const here = `${path}${selection.name.value}`
    return selection.selectionSet === undefined ? [here] : leavesOf(selection.selectionSet, `${here}.`)
  })
}
