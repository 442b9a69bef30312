import { type Change, ChangeType, CriticalityLevel, diff } from '@graphql-inspector/core'
import { getNamedType, type GraphQLSchema, isEnumType, isInterfaceType, isObjectType, validate } from 'graphql'
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
  const answered = answeredEnums(after)
  return (await diff(before, after)).filter(isAboutClients).map((change) => {
    const finding = judge(unlessOnlyAsked(change, answered), usage)
    return finding.places.length > 0 ? finding : { ...finding, places: places(change.path) }
  })
}

/** What directives on the schema do is the router's business, which has read it from the supergraph. */
const isAboutClients = ({ type }: Change): boolean => !type.startsWith('DIRECTIVE_USAGE_')

/** The enums whose values clients are answered with, and not only send. */
function answeredEnums(schema: GraphQLSchema): ReadonlySet<string> {
  const answered = Object.values(schema.getTypeMap()).flatMap((type) =>
    isObjectType(type) || isInterfaceType(type)
      ? Object.values(type.getFields()).map((field) => getNamedType(field.type))
      : [],
  )
  return new Set(answered.filter(isEnumType).map(({ name }) => name))
}

/** A new value is dangerous to whoever is answered with it: who only sends the others meets nothing new. */
function unlessOnlyAsked(change: Change, answered: ReadonlySet<string>): Change {
  const isNewValue = change.type === ChangeType.EnumValueAdded
  if (!isNewValue || answered.has(change.path?.split('.')[0] ?? '')) return change
  return { ...change, criticality: { level: CriticalityLevel.NonBreaking } }
}
