import type { DeferNode, FetchNode, PlanNode, QueryPlan } from '@apollo/query-planner'
import { getOperationAST, parse } from 'graphql'
import { rootFields } from '../operations/root-fields.ts'

/** Which fetch at the root of a mutation asks for a field, by response name. */
type Owners = ReadonlyMap<string, number>

/**
 * The plan of a mutation with `@defer` in which no two fetches have one id. The planner numbers them anew for each subgraph that
 * is asked in turn, so a deferred part could begin when a fetch of another field is in, before its own has been sent.
 */
export function withOwnFetchIds(plan: QueryPlan): QueryPlan {
  const { node } = plan
  if (node?.kind !== 'Defer') return plan
  const roots = rootMutations(node.primary.node)
  if (roots.length < 2) return plan
  return { ...plan, node: renumberDefer(node, new Map(roots.flatMap((root, index) => keysOf(root, index)))) }
}

function rootMutations(node: PlanNode | undefined): FetchNode[] {
  switch (node?.kind) {
    case 'Fetch':
      return node.operationKind === 'mutation' ? [node] : []
    case 'Sequence':
      return node.nodes.flatMap(rootMutations)
    case 'Condition':
      return [...rootMutations(node.ifClause), ...rootMutations(node.elseClause)]
    default:
      return []
  }
}

function keysOf({ operation }: FetchNode, index: number): [string, number][] {
  const document = parse(operation, { noLocation: true })
  const own = getOperationAST(document)
  return own ? rootFields(document, own, () => true).map(({ alias, name }) => [(alias ?? name).value, index]) : []
}

function renumberDefer(node: DeferNode, owners: Owners): DeferNode {
  const { primary, deferred } = node
  return {
    ...node,
    primary: { ...primary, ...(primary.node && { node: renumber(primary.node, owners) }) },
    deferred: deferred.map((part) => ({
      ...part,
      depends: part.depends.map((on) => ({ ...on, id: idOf(on.id, ownerAt(part.queryPath, owners)) })),
      ...(part.node && { node: renumber(part.node, owners) }),
    })),
  }
}

/** `owner`: that of the field of the mutation that the node is below. */
function renumber(node: PlanNode, owners: Owners, owner?: number): PlanNode {
  const inner = (child: PlanNode) => renumber(child, owners, owner)
  switch (node.kind) {
    case 'Fetch': {
      const own = owner ?? keysOf(node, 0).map(([key]) => owners.get(key))[0]
      return node.id === undefined ? node : { ...node, id: idOf(node.id, own) }
    }
    case 'Flatten':
      return { ...node, node: renumber(node.node, owners, owner ?? ownerAt(node.path, owners)) }
    case 'Sequence':
    case 'Parallel':
      return { ...node, nodes: node.nodes.map(inner) }
    case 'Condition':
      return {
        ...node,
        ...(node.ifClause && { ifClause: inner(node.ifClause) }),
        ...(node.elseClause && { elseClause: inner(node.elseClause) }),
      }
    case 'Defer':
      return renumberDefer(node, owners)
  }
}

const ownerAt = (path: readonly (string | number)[], owners: Owners): number | undefined =>
  owners.get(String(path.find((element) => !String(element).startsWith('... '))))

const idOf = (id: string, owner: number | undefined): string => `${owner ?? ''}-${id}`
