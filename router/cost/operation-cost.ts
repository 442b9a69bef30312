import { type DocumentNode, GraphQLError, type GraphQLSchema } from 'graphql'
import { actualCost } from './actual-cost.ts'
import { compileCost } from './compile-cost.ts'
import type { CostRules } from './cost-rules.ts'
import { type Variables, valueOf } from './terms.ts'

/** The cost of one operation. */
export type OperationCost = {
  /**
   * At most, before it runs; `variables` coerced. Throws BAD_USER_INPUT where `@listSize` requires one slicing argument and
   * there is none or several, OPERATION_TOO_COMPLEX where there is too much to be estimated.
   */
  estimate(variables: Variables): number
  /** Of the data of its answer. */
  actual(data: Readonly<Record<string, unknown>> | null | undefined, variables: Variables): number
}

/** The cost of the operations of one supergraph, compiled once per document. */
export type CostOf = (document: DocumentNode, operationName: string | undefined) => OperationCost

/** Costs by `rules`; `schema` is what clients see. */
export function createCost(options: { schema: GraphQLSchema; rules: CostRules; assumedListSize: number }): CostOf {
  const known = new WeakMap<DocumentNode, Map<string, OperationCost>>()
  return (document, operationName) => {
    const byName = known.get(document) ?? new Map<string, OperationCost>()
    const remembered = byName.get(operationName ?? '')
    if (remembered !== undefined) return remembered
    const cost = operationCost(options, document, operationName)
    known.set(document, byName.set(operationName ?? '', cost))
    return cost
  }
}

function operationCost(...compiling: Parameters<typeof compileCost>): OperationCost {
  try {
    const { base, selections } = compileCost(...compiling)
    return {
      estimate: (variables) => base + valueOf(selections.inside, variables),
      actual: (data, variables) => (data ? base + actualCost(selections, data, { variables, isWhole: false }) : 0),
    }
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error
    // Remembered, as finding out takes longest.
    const refuse = () => {
      throw error
    }
    return { estimate: refuse, actual: refuse }
  }
}
