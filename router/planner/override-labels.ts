import { type DocumentNode, visit } from 'graphql'
import type { MendedSupergraph } from './mend-supergraph.ts'
import type { IsOverridden } from './planner.ts'

// https://www.apollographql.com/docs/graphos/schema-design/guides/migrate-fields/entity-migration
const PERCENT = /^percent\((\d+(?:\.\d+)?)\)$/

/** The labels that can change the plan of a document: those of its fields, by name, and of the fields that plans read beside. */
export function relevantLabels(
  document: DocumentNode,
  { labels, readNames, standIns }: Pick<MendedSupergraph, 'labels' | 'readNames' | 'standIns'>,
): string[] {
  if (labels.size === 0) return []
  const names = new Set([...readNames, ...[...standIns.values()].map(({ name }) => name)])
  visit(document, { Field: ({ name }) => void names.add(name.value) })
  const relevant = [...labels].filter(([name]) => names.has(name)).flatMap(([, ofField]) => ofField)
  return [...new Set(relevant)].toSorted()
}

/**
 * Decides for one request: `percent(n)` is on for n requests of a hundred, any other label where it is among `named`.
 * Decided once per label, so that a request, or a subscription with all of its events, has one answer.
 */
export function decideOverrides(named: ReadonlySet<string>, random: () => number = Math.random): IsOverridden {
  // Made where it is needed: most graphs have no such label.
  let decided: Map<string, boolean> | undefined
  return (label) => {
    decided ??= new Map()
    const percent = PERCENT.exec(label)?.[1]
    const isOn = decided.get(label) ?? (percent === undefined ? named.has(label) : random() * 100 < Number(percent))
    decided.set(label, isOn)
    return isOn
  }
}
