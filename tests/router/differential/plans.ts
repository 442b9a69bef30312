import { operationFromDocument } from '@apollo/federation-internals'
import { QueryPlanner } from '@apollo/query-planner'
import type { DocumentNode } from 'graphql'
import type { PlannedOperation } from '../../../router/planner/planned-operation.ts'
import type { Planner } from '../../../router/planner/planner.ts'
import { federated } from '../fixtures/federated.ts'
import type { LoadedSupergraph } from '../../../router/supergraph/load-supergraph.ts'

/** Apollo's planner as it is, at once and on this thread: what is compared is the execution. */
export function createPlans({ sdl }: LoadedSupergraph): Pick<Planner, 'plan'> {
  const supergraph = federated(sdl)
  const schema = supergraph.apiSchema()
  const planner = new QueryPlanner(supergraph)
  const known = new WeakMap<DocumentNode, PlannedOperation>()
  return {
    plan: (document) => {
      const planned = known.get(document) ?? {
        plan: planner.buildQueryPlan(operationFromDocument(schema, document)),
        document,
        sourceKeys: new Map(),
        pathNames: new Map(),
        unanswerable: new Set(),
      }
      known.set(document, planned)
      return planned
    },
  }
}
