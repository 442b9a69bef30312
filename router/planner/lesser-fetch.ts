import type { FetchNode } from '@apollo/query-planner'
import { parse } from 'graphql'
import { withoutSpreads } from './fetch-documents.ts'
import type { MendedSupergraph } from './mend-supergraph.ts'
import { entityFields, partOf } from './split-fetch.ts'

/** A fetch, and what is asked instead for entities that have their key but not all that its fields `@requires`. */
export type MendedFetch = FetchNode & { readonly otherwise?: FetchNode | undefined }

/**
 * The planner makes one fetch for one place, also where the objects there come from fragments on different types, and only one
 * of them reads what a field of the fetch requires. The others can be asked for the rest. Undefined where all or none of
 * its fields require anything.
 */
export function lesserFetch(fetch: FetchNode, { keys, needs }: MendedSupergraph): FetchNode | undefined {
  if (fetch.requires === undefined || needs.size === 0) return undefined
  const document = withoutSpreads(parse(fetch.operation, { noLocation: true }))
  const fields = entityFields(document)
  const needsOf = ({ field, typeName }: (typeof fields)[number]) =>
    needs.get(`${fetch.serviceName} ${typeName}.${field.name.value}`) ?? []
  const free = fields.filter((field) => needsOf(field).length === 0)
  if (free.length === fields.length || free.every(({ field }) => field.name.value === '__typename')) return undefined
  const kept = new Set(fields.flatMap(({ typeName }) => keys.get(`${fetch.serviceName} ${typeName}`) ?? []))
  const needed = new Set(fields.flatMap(needsOf))
  const isRead = (path: string) => kept.has(path) || !needed.has(path)
  const part = { conditions: '', fields: new Set(free.map(({ field }) => field)), needs: new Set<string>() }
  return partOf(fetch, document, part, { isRead, index: 0 })
}
