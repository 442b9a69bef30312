import { type Change, diff } from '@graphql-inspector/core'
import { type GraphQLSchema, validate } from 'graphql'
import type { Finding } from '../report/finding.ts'
import type { ChangedPlaces } from '../source/changed-places.ts'
import type { ClientDocument } from '../source/operations.ts'
import type { UsageLog } from '../usage/usage-log.ts'
import { brokenBy, coordinateOf, known } from './affected.ts'
import { judge } from './judge.ts'

/** What is known of clients: the documents that they send, and what routers recorded. */
export type Known = { sent: readonly ClientDocument[]; log: UsageLog | undefined; places: ChangedPlaces }

/** What is to be said of every change from one API to another, each with the lines that it is about. */
export async function compare(before: GraphQLSchema, after: GraphQLSchema, knowing: Known): Promise<Finding[]> {
  if (before === after) return []
  const { sent, log, places } = knowing
  const valid = sent.filter(({ document }) => validate(before, document).length === 0)
  const documents = valid.map((document) => known(document, before, after))
  const usage = {
    brokenBy: (change: Change) => brokenBy(change, documents),
    usedOfLate: (change: Change) => [...(log?.uses.get(coordinateOf(change)) ?? [])],
    log,
  }
  return (await diff(before, after)).filter(isAboutClients).map((change) => {
    const finding = judge(change, usage)
    return finding.places.length > 0 ? finding : { ...finding, places: places(change.path) }
  })
}

/** What directives on the schema do is the router's business, which has read it from the supergraph. */
const isAboutClients = ({ type }: Change): boolean => !type.startsWith('DIRECTIVE_USAGE_')
