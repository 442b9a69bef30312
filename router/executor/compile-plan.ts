import type { FetchNode, PlanNode } from '@apollo/query-planner'
import type { GraphQLSchema } from 'graphql'
import type { FetchCaching, FetchCachingOf } from '../caching/fetch-caching.ts'
import type { MendedFetch } from '../planner/lesser-fetch.ts'
import type { LoadedSupergraph, SubgraphAddress } from '../supergraph/load-supergraph.ts'
import { compileContext, type ContextOf } from './context-values.ts'
import { compileRewrites, type Rewrite } from './data-rewrites.ts'
import { compileKeepTypes, type KeepTypes } from './known-types.ts'
import { compileRepresentationText, type RepresentationText } from './representation-text.ts'
import { type PathTree, pathTreeOf } from './targets.ts'

/** What plans are compiled for; `cachingOf` where answers are kept. */
export type PlanContext = Pick<LoadedSupergraph, 'schema' | 'subgraphs' | 'mended'> & {
  cachingOf?: FetchCachingOf | undefined
}

/** A query plan made ready to run. */
export type Step =
  | { kind: 'sequence' | 'parallel'; steps: readonly Step[] }
  | { kind: 'condition'; variable: string; met: Step | undefined; otherwise: Step | undefined }
  | FetchStep

/** One fetch. Where it asks for entities, `represent` says by what. */
export type FetchStep = {
  kind: 'fetch'
  node: FetchNode
  subgraph: SubgraphAddress
  /** Where in the data its objects are: keys, and `@` for each element of a list. More than one where equal fetches were merged. */
  paths: readonly (readonly string[])[]
  pathTree: PathTree
  /** The JSON of the body up to its variables. */
  bodyStart: string
  represent: RepresentationText | undefined
  rewriteOutput: Rewrite | undefined
  keepTypes: KeepTypes | undefined
  contextOf: ContextOf | undefined
  /** Whether another fetch of the plan asks the same in other places, and may get by with its answer. */
  isRepeated: boolean
  /** Whether equal entities get copies: where what is around them matters, they are not equal for good. */
  isCopied: boolean
  /** What the cache has to do with it, if anything. */
  caching: FetchCaching | undefined
  /** What entities are asked for that lack what only some of its fields require; undefined where that can't be. */
  otherwise: FetchStep | undefined
}

/** Compiles a plan: everything that does not depend on a request is done here, once. */
export function compilePlan(supergraph: PlanContext, node: PlanNode | undefined): Step | undefined {
  if (node === undefined) return undefined
  const step = compileNode(node, [], supergraph)
  const fetches = fetchesOf(step)
  markRepeated(fetches)
  shareEqual(fetches)
  const hasContext = fetches.some(({ contextOf }) => contextOf !== undefined)
  for (const fetch of fetches) fetch.isCopied = hasContext
  return step
}

/** The fetch of a subscription's source, for what its events need. */
export const compileFetch = (supergraph: PlanContext, node: FetchNode): FetchStep =>
  compileFetchAt(node, [], supergraph)

function compileNode(node: PlanNode, path: readonly string[], supergraph: PlanContext): Step {
  switch (node.kind) {
    case 'Sequence':
      return { kind: 'sequence', steps: node.nodes.map((inner) => compileNode(inner, path, supergraph)) }
    case 'Parallel':
      return { kind: 'parallel', steps: mergeEqual(node.nodes.map((inner) => compileNode(inner, path, supergraph))) }
    case 'Flatten':
      return compileNode(node.node, [...path, ...node.path.map(String)], supergraph)
    case 'Fetch':
      return compileFetchAt(node, path, supergraph)
    case 'Condition':
      return {
        kind: 'condition',
        variable: node.condition,
        met: node.ifClause && compileNode(node.ifClause, path, supergraph),
        otherwise: node.elseClause && compileNode(node.elseClause, path, supergraph),
      }
    case 'Defer':
      throw new Error('expected a plan without @defer')
  }
}

function compileFetchAt(node: MendedFetch, path: readonly string[], supergraph: PlanContext): FetchStep {
  const { schema } = supergraph
  const caching = supergraph.cachingOf?.(node)
  return {
    kind: 'fetch',
    node,
    subgraph: addressOf(node.serviceName, supergraph),
    paths: [path],
    pathTree: pathTreeOf([path]),
    bodyStart: bodyStartOf({ ...node, operation: caching?.operation ?? node.operation }),
    represent: representOf(node, schema),
    rewriteOutput: compileRewrites(schema, node.outputRewrites),
    keepTypes: compileKeepTypes(schema, supergraph.mended, node.serviceName),
    contextOf: compileContext(schema, node.contextRewrites),
    isRepeated: false,
    isCopied: false,
    caching,
    otherwise: node.otherwise && compileFetchAt(node.otherwise, path, supergraph),
  }
}

function addressOf(name: string, { subgraphs }: PlanContext): SubgraphAddress {
  const subgraph = subgraphs.find((candidate) => candidate.name === name)
  if (subgraph === undefined) throw new Error(`expected a subgraph of the supergraph, the plan names ${name}`)
  return subgraph
}

const representOf = ({ requires, inputRewrites }: FetchNode, schema: GraphQLSchema): RepresentationText | undefined =>
  requires && compileRepresentationText({ schema, requires, rewrite: compileRewrites(schema, inputRewrites) })

/**
 * The planner numbers the operations of a plan (`Name__subgraph__3`): without the number, equal fetches are equal texts,
 * and a subgraph's metrics see one operation.
 */
function bodyStartOf({ operation, operationName }: FetchNode): string {
  const name = operationName?.replace(/__\d+$/, '')
  const query = name === undefined ? operation : operation.replace(operationName ?? '', name)
  return `{"query":${JSON.stringify(query)}${name === undefined ? '' : `,"operationName":${JSON.stringify(name)}`}`
}

/** Siblings that ask the same, in the same order, of entities in different places become one. */
function mergeEqual(steps: readonly Step[]): Step[] {
  const merged: Step[] = []
  for (const step of steps) {
    const index = merged.findIndex((other) => isSame(step, other))
    const equal = merged[index]
    if (equal === undefined) merged.push(step)
    else merged[index] = mergePaths(equal, step)
  }
  return merged
}

function isSame(one: Step, other: Step): boolean {
  if (one.kind === 'fetch') return other.kind === 'fetch' && one.represent !== undefined && keyOf(one) === keyOf(other)
  if (one.kind === 'condition' || other.kind === 'condition' || other.kind === 'fetch') return false
  const isPair = one.kind === other.kind && one.steps.length === other.steps.length
  return isPair && one.steps.every((step, index) => isSame(step, other.steps[index] ?? other))
}

function mergePaths(one: Step, other: Step): Step {
  if (one.kind === 'fetch' && other.kind === 'fetch') {
    const paths = [...one.paths, ...other.paths]
    const at = { paths, pathTree: pathTreeOf(paths) }
    return { ...one, ...at, otherwise: one.otherwise && { ...one.otherwise, ...at } }
  }
  if (!('steps' in one && 'steps' in other)) return one
  return { kind: one.kind, steps: one.steps.map((step, index) => mergePaths(step, other.steps[index] ?? step)) }
}

/** Equal for fetches that differ at most in where their entities are. */
const keyOf = ({ node, bodyStart }: FetchStep): string =>
  JSON.stringify([
    node.serviceName,
    bodyStart,
    node.requires,
    node.inputRewrites,
    node.outputRewrites,
    node.contextRewrites,
  ])

/** Every fetch of a plan, whatever the variables say. */
export const fetchesOf = (step: Step): FetchStep[] => {
  if (step.kind === 'fetch') return step.otherwise === undefined ? [step] : [step, step.otherwise]
  if (step.kind !== 'condition') return step.steps.flatMap(fetchesOf)
  return [step.met, step.otherwise].flatMap((inner) => (inner === undefined ? [] : fetchesOf(inner)))
}

function markRepeated(fetches: readonly FetchStep[]): void {
  const seen = Map.groupBy(fetches, ({ node, bodyStart }) => `${node.serviceName} ${bodyStart}`)
  for (const equal of seen.values()) for (const fetch of equal) fetch.isRepeated = equal.length > 1
}

/** One tree for equal paths, one representation for equal needs: what was found by one fetch is found for the others. */
function shareEqual(fetches: readonly FetchStep[]): void {
  const trees = new Map<string, PathTree>()
  const needs = new Map<string, RepresentationText>()
  for (const fetch of fetches) {
    fetch.pathTree = sharedIn(trees, JSON.stringify(fetch.paths), fetch.pathTree)
    const { represent, node } = fetch
    if (represent === undefined) continue
    fetch.represent = sharedIn(needs, JSON.stringify([node.requires, node.inputRewrites]), represent)
  }
}

function sharedIn<Value>(known: Map<string, Value>, key: string, value: Value): Value {
  const shared = known.get(key) ?? value
  known.set(key, shared)
  return shared
}
