import {
  type DirectiveNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  visit,
} from 'graphql'
import { createCache } from '../caches.ts'
import { withoutSpreads } from '../planner/fetch-documents.ts'
import { conditionOf, deferAs, deferOf, hasDefer, labelOf } from './defer-directive.ts'

/** An operation whose every `@defer` is on: each has a label of its own, unlike all others. */
export type DeferredDocument = {
  readonly document: DocumentNode
  /** The client's labels, by ours. */
  readonly labels: ReadonlyMap<string, string | undefined>
}

type Variables = Readonly<Record<string, unknown>>

/**
 * Makes the {@link DeferredDocument} of an operation for coerced variables, undefined where nothing of it is deferred.
 * Equal documents and conditions give the same one, while it is remembered.
 */
export function deferredDocument(
  document: DocumentNode,
  operationName: string | undefined,
  variables: Variables,
): DeferredDocument | undefined {
  if (!hasDefer(document)) return undefined
  const byName = written.get(document) ?? new Map<string, Written | undefined>()
  written.set(document, byName)
  const name = operationName ?? ''
  if (!byName.has(name)) byName.set(name, write(document, operationName))
  return byName.get(name)?.variant(variables)
}

const written = new WeakMap<DocumentNode, Map<string, Written | undefined>>()
type Written = { variant(variables: Variables): DeferredDocument | undefined }

// Each set of values of the variables in `@defer(if:)` has a plan of its own; a client uses few.
const REMEMBERED_VARIANTS = 16
// Fragments in fragments grow without bound where they are written out. Nobody defers so much by hand.
const MOST_SELECTIONS = 10_000

/** Undefined where the operation is too large to be written out: it is answered at once. */
function write(document: DocumentNode, operationName: string | undefined): Written | undefined {
  const operation = getOperationAST(document, operationName)
  if (!operation || selectionCount(document, operation) > MOST_SELECTIONS) return undefined
  const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION)
  const whole = withoutSpreads({ ...document, definitions: [operation, ...fragments] })
  const conditions = conditionVariables(whole)
  const variants = createCache<string, { of: DeferredDocument | undefined }>('deferred_document_variants', {
    max: REMEMBERED_VARIANTS,
  })
  return {
    variant: (variables) => {
      const key = conditions.map((name) => (variables[name] === false ? '0' : '1')).join('')
      const known = variants.get(key) ?? { of: labelled(whole, variables) }
      variants.set(key, known)
      return known.of
    },
  }
}

/** How many selections it has once its fragments are written out. */
function selectionCount(document: DocumentNode, operation: OperationDefinitionNode): number {
  const fragments = new Map(
    document.definitions
      .filter((definition): definition is FragmentDefinitionNode => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment]),
  )
  const counted = new Map<string, number>()
  const count = (set: SelectionSetNode | undefined): number =>
    (set?.selections ?? []).reduce(
      (sum, selection) =>
        sum +
        1 +
        (selection.kind === Kind.FRAGMENT_SPREAD ? countOf(selection.name.value) : count(selection.selectionSet)),
      0,
    )
  const countOf = (name: string): number => {
    const known = counted.get(name) ?? count(fragments.get(name)?.selectionSet)
    counted.set(name, known)
    return known
  }
  return count(operation.selectionSet)
}

function conditionVariables(document: DocumentNode): string[] {
  const names = new Set<string>()
  visit(document, {
    InlineFragment: ({ directives }) => {
      const defer = deferOf(directives)
      const condition = defer && conditionOf(defer)
      if (typeof condition === 'object') names.add(condition.variable)
    },
  })
  return [...names]
}

function labelled(document: DocumentNode, variables: Variables): DeferredDocument | undefined {
  const labels = new Map<string, string | undefined>()
  const variant = visit(document, {
    InlineFragment: (fragment) => {
      const defer = deferOf(fragment.directives)
      if (defer === undefined) return undefined
      const others = fragment.directives?.filter((directive) => directive !== defer) ?? []
      if (!isOn(defer, variables)) return { ...fragment, directives: others }
      const label = `d${labels.size}`
      labels.set(label, labelOf(defer))
      return { ...fragment, directives: [...others, deferAs(label)] }
    },
  })
  return labels.size === 0 ? undefined : { document: variant, labels }
}

function isOn(defer: DirectiveNode, variables: Variables): boolean {
  const condition = conditionOf(defer)
  return typeof condition === 'boolean' ? condition : variables[condition.variable] !== false
}
