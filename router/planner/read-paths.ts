import type { QueryPlanSelectionNode } from '@apollo/query-planner'

/** The paths of the leaves that a fetch reads of its representations: `category.average`. Type conditions are no part of them. */
export const readPaths = (selections: readonly QueryPlanSelectionNode[], path = ''): string[] =>
  selections.flatMap((selection) => {
    if (selection.kind === 'InlineFragment') return readPaths(selection.selections, path)
    const here = `${path}${selection.name}`
    return selection.selections === undefined ? [here] : readPaths(selection.selections, `${here}.`)
  })
