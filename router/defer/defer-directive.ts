import { type DirectiveNode, type DocumentNode, Kind, visit } from 'graphql'

const NAME = 'defer'

/** The `@defer` among directives. */
export const deferOf = (directives: readonly DirectiveNode[] | undefined): DirectiveNode | undefined =>
  directives?.find(({ name }) => name.value === NAME)

const deferring = new WeakMap<DocumentNode, boolean>()

/** Whether `@defer` is anywhere in a document. Known after the first time. */
export function hasDefer(document: DocumentNode): boolean {
  const known = deferring.get(document)
  if (known !== undefined) return known
  let isFound = false
  visit(document, { Directive: ({ name }) => void (isFound ||= name.value === NAME) })
  deferring.set(document, isFound)
  return isFound
}

const plain = new WeakMap<DocumentNode, DocumentNode>()

/** The document to be answered at once: the same where it has no `@defer`, and always the same one for one document. */
export function withoutDefer(document: DocumentNode): DocumentNode {
  if (!hasDefer(document)) return document
  const known =
    plain.get(document) ?? visit(document, { Directive: ({ name }) => (name.value === NAME ? null : undefined) })
  plain.set(document, known)
  return known
}

/** What `if` says, where it is no variable; true where it is not given. */
export function conditionOf(directive: DirectiveNode): boolean | { variable: string } {
  const value = directive.arguments?.find(({ name }) => name.value === 'if')?.value
  if (value?.kind === Kind.VARIABLE) return { variable: value.name.value }
  return value?.kind === Kind.BOOLEAN ? value.value : true
}

/** The `label`, a string by our rules of validation. */
export function labelOf(directive: DirectiveNode): string | undefined {
  const value = directive.arguments?.find(({ name }) => name.value === 'label')?.value
  return value?.kind === Kind.STRING ? value.value : undefined
}

/** `@defer` with a label. */
export const deferAs = (label: string): DirectiveNode => ({
  kind: Kind.DIRECTIVE,
  name: { kind: Kind.NAME, value: NAME },
  arguments: [
    { kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: 'label' }, value: { kind: Kind.STRING, value: label } },
  ],
})
