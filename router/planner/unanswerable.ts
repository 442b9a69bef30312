import { type DocumentNode, getOperationAST } from 'graphql'
import { isIncluded } from '../operations/is-included.ts'
import { rootFields } from '../operations/root-fields.ts'
import { planningFailed } from './planner.ts'
import type { PlannedOperation } from './planned-operation.ts'

type Asked = { operationName: string | undefined; variables: Readonly<Record<string, unknown>> }

/** Throws `QUERY_PLANNING_FAILED` where the variables let a root field in that no subgraph can answer. */
export function refuseUnanswerable(planned: PlannedOperation, { operationName, variables }: Asked): void {
  if (planned.unanswerable.size === 0) return
  const asked = unanswerableFields(planned.document, { operationName, variables }, planned.unanswerable)
  if (asked.length > 0) throw planningFailed({ failure: `no subgraph can answer ${asked.join(', ')}` })
}

function unanswerableFields(
  document: DocumentNode,
  { operationName, variables }: Asked,
  unanswerable: ReadonlySet<string>,
): string[] {
  const operation = getOperationAST(document, operationName)
  if (!operation) return []
  return rootFields(document, operation, (selection) => isIncluded(selection, variables))
    .map(({ alias, name }) => (alias ?? name).value)
    .filter((name) => unanswerable.has(name))
}
