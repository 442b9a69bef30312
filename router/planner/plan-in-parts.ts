import type { QueryPlan } from '@apollo/query-planner'
import {
  type DocumentNode,
  type InlineFragmentNode,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql'
import { messageOf } from '#platform/kernel/errors.ts'
import { deferOf, hasDefer, labelOf } from '../defer/defer-directive.ts'
import type { MendedSupergraph } from './mend-supergraph.ts'
import { withRequiresApart } from './requires-apart.ts'

/** Makes the plan of a document, or throws. */
type Plan = (document: DocumentNode) => QueryPlan

// What Apollo's planner says of a fetch for which it forgot the deferred fragment that it is for.
const FORGOTTEN = /has deferRef "([^"]+)", so its child .* cannot have a top-level deferRef/s

/**
 * Plans an operation whose deferred fragments are written out and have labels. Where the planner fails it is asked again: with
 * what it stumbles over in fragments of their own, then with ever fewer fragments deferred. One that is not comes with what is
 * around it.
 */
export function planInParts(plan: Plan, given: DocumentNode, supergraph: MendedSupergraph): QueryPlan {
  if (!hasDefer(given)) return plan(given)
  const document = withoutRepeatedTypes(given)
  try {
    return plan(document)
  } catch {
    return planWithFewer(plan, withRequiresApart(document, supergraph))
  }
}

function planWithFewer(plan: Plan, document: DocumentNode): QueryPlan {
  try {
    return plan(document)
  } catch (error) {
    const label = FORGOTTEN.exec(messageOf(error))?.[1]
    const fewer = label === undefined ? withoutNested(document) : withoutLabel(document, label)
    // Fewer each time, so that it ends.
    if (labelsOf(fewer).length === labelsOf(document).length) throw error
    return planWithFewer(plan, fewer)
  }
}

function labelsOf(document: DocumentNode): string[] {
  const labels: string[] = []
  visit(document, { Directive: (node) => void (deferOf([node]) !== undefined && labels.push(labelOf(node) ?? '')) })
  return labels
}

/** With those only that are in no other. */
function withoutNested(document: DocumentNode): DocumentNode {
  let depth = 0
  return visit(document, {
    InlineFragment: {
      enter: (fragment) => {
        if (deferOf(fragment.directives) !== undefined) depth += 1
      },
      leave: (fragment) => {
        if (deferOf(fragment.directives) === undefined) return undefined
        depth -= 1
        return depth === 0 ? undefined : withoutDefer(fragment)
      },
    },
  })
}

const withoutDefer = (fragment: InlineFragmentNode): InlineFragmentNode => ({
  ...fragment,
  directives: (fragment.directives ?? []).filter((directive) => deferOf([directive]) === undefined),
})

const withoutLabel = (document: DocumentNode, label: string): DocumentNode =>
  visit(document, {
    Directive: (node) => (deferOf([node]) !== undefined && labelOf(node) === label ? null : undefined),
  })

/**
 * A fragment within one on the same type says that type no more: on an interface object that makes the planner run in circles
 * until it has no memory left.
 */
function withoutRepeatedTypes(document: DocumentNode): DocumentNode {
  const mend = (set: SelectionSetNode, type: string | undefined): SelectionSetNode => ({
    ...set,
    selections: set.selections.map((selection) => mendIn(selection, type)),
  })
  const mendIn = (selection: SelectionNode, type: string | undefined): SelectionNode => {
    if (selection.kind === Kind.FRAGMENT_SPREAD || selection.selectionSet === undefined) return selection
    if (selection.kind === Kind.FIELD) return { ...selection, selectionSet: mend(selection.selectionSet, undefined) }
    const { typeCondition, ...fragment } = selection
    const own = typeCondition?.name.value ?? type
    const isRepeated = typeCondition?.name.value === type
    const selectionSet = mend(selection.selectionSet, own)
    return isRepeated || typeCondition === undefined
      ? { ...fragment, selectionSet }
      : { ...fragment, typeCondition, selectionSet }
  }
  return visit(document, {
    OperationDefinition: (operation) => ({ ...operation, selectionSet: mend(operation.selectionSet, undefined) }),
  })
}
