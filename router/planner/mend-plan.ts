import type {
  DeferNode,
  FetchDataRewrite,
  FetchNode,
  PlanNode,
  QueryPlan,
  QueryPlanSelectionNode,
} from '@apollo/query-planner'
import { type FieldNode, Kind, parse, print, stripIgnoredCharacters, visit } from 'graphql'
import { withoutInterfaceTypename } from './interface-objects.ts'
import { withKeyedEntities } from './keyed-entities.ts'
import { lesserFetch, type MendedFetch } from './lesser-fetch.ts'
import type { MendedSupergraph, StandIn } from './mend-supergraph.ts'
import { splitFetch } from './split-fetch.ts'

/** The plan for real subgraphs: stand-ins are asked for by their field's name and arguments, and given to `@requires` by its name. */
export function mendPlan(plan: QueryPlan, supergraph: MendedSupergraph): QueryPlan {
  const { node } = plan
  if (node === undefined || (supergraph.needs.size === 0 && supergraph.interfaceObjects.size === 0)) return plan
  const mending: Mending = { supergraph, partsById: new Map() }
  if (node.kind !== 'Subscription') return { ...plan, node: mendNode(node, mending) }
  // Nothing comes before it that it could read, so it is one fetch.
  const [primary = node.primary] = mendFetch(node.primary, mending)
  return { ...plan, node: { ...node, primary, ...(node.rest && { rest: mendNode(node.rest, mending) }) } }
}

/** `partsById`: what became of the fetches that were split and that others wait for. */
type Mending = { supergraph: MendedSupergraph; partsById: Map<string, string[]> }

/** The plan with other fetches in place of each: in parallel, as none of them needs another. */
function mendNode(node: PlanNode, mending: Mending): PlanNode {
  const mend = (child: PlanNode) => mendNode(child, mending)
  switch (node.kind) {
    case 'Fetch':
      return inParallel(mendFetch(node, mending))
    case 'Flatten': {
      const inner = mend(node.node)
      return inner.kind === 'Parallel'
        ? inParallel(inner.nodes.map((part) => ({ ...node, node: part })))
        : { ...node, node: inner }
    }
    case 'Sequence':
    case 'Parallel':
      return { ...node, nodes: node.nodes.map(mend) }
    case 'Condition':
      return {
        ...node,
        ...(node.ifClause && { ifClause: mend(node.ifClause) }),
        ...(node.elseClause && { elseClause: mend(node.elseClause) }),
      }
    case 'Defer':
      return mendDefer(node, mending)
  }
}

function mendDefer({ primary, deferred, ...node }: DeferNode, mending: Mending): DeferNode {
  // Before the deferred ones, which wait for parts of it.
  const first = { ...primary, ...(primary.node && { node: mendNode(primary.node, mending) }) }
  const later = deferred.map((part) => ({
    ...part,
    depends: part.depends.flatMap((on) => (mending.partsById.get(on.id) ?? [on.id]).map((id) => ({ ...on, id }))),
    ...(part.node && { node: mendNode(part.node, mending) }),
  }))
  return { ...node, primary: first, deferred: later }
}

function mendFetch(fetch: FetchNode, { supergraph, partsById }: Mending): FetchNode[] {
  const mend = (part: FetchNode): FetchNode | undefined => {
    const asked = withoutInterfaceTypename(part, supergraph.interfaceObjects)
    return asked && mendPart(withKeyedEntities(asked, supergraph), supergraph.standIns)
  }
  const parts = splitFetch(fetch, supergraph).flatMap((part): MendedFetch[] => {
    const [mended, lesser] = [mend(part), lesserFetch(part, supergraph)]
    return mended === undefined ? [] : [{ ...mended, ...(lesser && { otherwise: mend(lesser) }) }]
  })
  if (fetch.id !== undefined && parts.length !== 1)
    partsById.set(
      fetch.id,
      parts.flatMap(({ id }) => id ?? []),
    )
  return parts
}

function inParallel(nodes: readonly PlanNode[]): PlanNode {
  const [only, ...others] = nodes
  return only !== undefined && others.length === 0 ? only : { kind: 'Parallel', nodes: [...nodes] }
}

function mendPart(fetch: FetchNode, standIns: ReadonlyMap<string, StandIn>): FetchNode {
  const renames = renamesOf(fetch.requires ?? [], standIns)
  const inputRewrites = [...renames, ...(fetch.inputRewrites ?? [])]
  return {
    ...fetch,
    operation: mendOperation(fetch.operation, standIns),
    ...(inputRewrites.length > 0 && { inputRewrites }),
  }
}

/** The deepest first, as the paths go through the stand-ins above. */
function renamesOf(
  selections: readonly QueryPlanSelectionNode[],
  standIns: ReadonlyMap<string, StandIn>,
  path: readonly string[] = [],
): FetchDataRewrite[] {
  return selections.flatMap((selection): FetchDataRewrite[] => {
    if (selection.kind === 'InlineFragment') {
      const at = selection.typeCondition === undefined ? path : [...path, `... on ${selection.typeCondition}`]
      return renamesOf(selection.selections, standIns, at)
    }
    const here = [...path, selection.alias ?? selection.name]
    const inner = renamesOf(selection.selections ?? [], standIns, here)
    const standIn = standIns.get(selection.name)
    return standIn === undefined ? inner : [...inner, { kind: 'KeyRenamer', path: here, renameKeyTo: standIn.name }]
  })
}

function mendOperation(operation: string, standIns: ReadonlyMap<string, StandIn>): string {
  if (![...standIns.keys()].some((name) => operation.includes(name))) return operation
  const mended = visit(parse(operation, { noLocation: true }), {
    Field: (field) => {
      const standIn = standIns.get(field.name.value)
      return standIn === undefined ? undefined : realField(field, standIn)
    },
  })
  return stripIgnoredCharacters(print(mended))
}

function realField(field: FieldNode, standIn: StandIn): FieldNode {
  const args = standIn.args === '' ? [] : argumentsOf(standIn.args)
  return {
    ...field,
    alias: field.alias ?? field.name,
    name: { kind: Kind.NAME, value: standIn.name },
    // Those that the planner set come from a @context.
    arguments: [...(field.arguments ?? []), ...args],
  }
}

function argumentsOf(text: string): NonNullable<FieldNode['arguments']> {
  const [operation] = parse(`{f(${text})}`, { noLocation: true }).definitions
  const field = operation?.kind === Kind.OPERATION_DEFINITION ? operation.selectionSet.selections[0] : undefined
  return field?.kind === Kind.FIELD ? (field.arguments ?? []) : []
}
