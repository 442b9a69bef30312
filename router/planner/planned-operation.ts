import type { QueryPlan } from '@apollo/query-planner'
import type { DocumentNode, FieldNode } from 'graphql'

/** How an operation is served. The same object for the same document, name and override labels, while it is remembered. */
export type PlannedOperation = {
  /**
   * `inputRewrites` of its fetches may rename keys of representations, wherever the key is there: null, 0 and '' too.
   * They come before the setters of `__typename`.
   */
  readonly plan: QueryPlan
  /** The operation as it was planned: the client's, but that some of its fields have other aliases. */
  readonly document: DocumentNode
  /**
   * For fields of the client's operation whose data the plan delivers under another response key than the client's (an
   * alias of ours): the key under which it stands. The projection reads there.
   */
  readonly sourceKeys: ReadonlyMap<FieldNode, string>
  /** Keys of the plan's data that no client knows, and what they are called in the path of an error. */
  readonly pathNames: ReadonlyMap<string, string>
  /** Root fields under `@skip` or `@include`, by response name, that no subgraph can answer: an error where they are asked for. */
  readonly unanswerable: ReadonlySet<string>
}
