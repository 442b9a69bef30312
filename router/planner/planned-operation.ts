import type { QueryPlan } from '@apollo/query-planner'
import type { FieldNode } from 'graphql'

/** How an operation is served. */
export type PlannedOperation = {
  readonly plan: QueryPlan
  /**
   * For fields of the client's operation whose data the plan delivers under another response key than the client's (an
   * alias of ours): the key under which it stands. The projection reads there, and error paths are named back.
   */
  readonly sourceKeys: ReadonlyMap<FieldNode, string>
}
