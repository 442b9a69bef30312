import type { FetchNode, PlanNode, QueryPlan } from '@apollo/query-planner'
import {
  type ConstDirectiveNode,
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  getOperationAST,
  Kind,
  parse,
  type SelectionNode,
} from 'graphql'
import { rootFields } from '../operations/root-fields.ts'

/** Root fields that no fetch of a plan asks for, by response name. */
export type Uncovered = { readonly always: readonly string[]; readonly conditionally: readonly string[] }

/**
 * The planner leaves a root field out, without a word, where it thinks that nothing can come of it: an interface that no
 * type implements. To the client null would look like an answer, so these are found out.
 */
export function uncoveredRootFields(document: DocumentNode, plan: QueryPlan): Uncovered {
  const asked = new Set(rootFetches(plan.node).flatMap(({ operation }) => rootNames(parse(operation), isPossible)))
  const always = new Set(rootNames(document, isCertain).filter((name) => !asked.has(name)))
  const possible = rootNames(document, isPossible)
  return {
    always: [...always],
    conditionally: [...new Set(possible)].filter((name) => !asked.has(name) && !always.has(name)),
  }
}

function rootFetches(node: QueryPlan['node']): FetchNode[] {
  if (node === undefined) return []
  switch (node.kind) {
    case 'Fetch':
      return [node]
    case 'Subscription':
      return [node.primary]
    default:
      return childrenOf(node).flatMap(rootFetches)
  }
}

function childrenOf(node: Exclude<PlanNode, FetchNode>): PlanNode[] {
  switch (node.kind) {
    case 'Flatten':
      // What is deferred at the root is fetched there.
      return node.path.length === 0 ? [node.node] : []
    case 'Sequence':
    case 'Parallel':
      return node.nodes
    case 'Condition':
      return [node.ifClause ?? [], node.elseClause ?? []].flat()
    case 'Defer':
      return [node.primary, ...node.deferred].flatMap((part) => part.node ?? [])
  }
}

/** Introspection is answered without a plan. */
function rootNames(document: DocumentNode, isWanted: (selection: SelectionNode) => boolean): string[] {
  const operation = getOperationAST(document)
  if (!operation) return []
  return rootFields(document, operation, isWanted)
    .filter(({ name }) => !name.value.startsWith('__'))
    .map(responseName)
}

const responseName = (field: FieldNode): string => field.alias?.value ?? field.name.value

/** Whatever the variables are. */
const isCertain = ({ directives }: SelectionNode): boolean =>
  (directives ?? [])
    .filter(isCondition)
    .every((directive) => conditionOf(directive) === (directive.name.value === 'include'))

/** For some variables. */
const isPossible = ({ directives }: SelectionNode): boolean =>
  (directives ?? [])
    .filter(isCondition)
    .every((directive) => conditionOf(directive) !== (directive.name.value === 'skip'))

const isCondition = ({ name }: DirectiveNode): boolean => name.value === 'skip' || name.value === 'include'

/** Undefined where a variable decides. */
function conditionOf(directive: DirectiveNode | ConstDirectiveNode): boolean | undefined {
  const value = directive.arguments?.find(({ name }) => name.value === 'if')?.value
  return value?.kind === Kind.BOOLEAN ? value.value : undefined
}
