import { type Change, ChangeType, CriticalityLevel } from '@graphql-inspector/core'
import type { Finding, Place } from '../report/finding.ts'
import type { FieldUse, UsageLog } from '../usage/usage-log.ts'

/** What is known of who uses the graph: the lines that a change breaks, and the clients that asked for it of late. */
export type Usage = {
  brokenBy(change: Change): Place[]
  usedOfLate(change: Change): FieldUse[]
  /** What routers recorded; undefined where nobody said where that is. */
  log: UsageLog | undefined
}

/**
 * What is to be said of one change: breaking changes fail where somebody uses what they break, and removals must have been
 * announced (deprecated) in a release before.
 */
export function judge(change: Change, usage: Usage): Finding {
  const { message, criticality } = change
  if (criticality.level === CriticalityLevel.NonBreaking) return { severity: 'note', rule: 'safe', message, places: [] }
  const places = usage.brokenBy(change)
  if (criticality.level === CriticalityLevel.Dangerous) return dangerous(change, places)
  if (places.length > 0) return { severity: 'error', rule: 'breaking-used', message, places, hint: HINTS.used }
  if (isUnannounced(change))
    return { severity: 'error', rule: 'deprecate-first', message, places, hint: HINTS.deprecate }
  const clients = usage.usedOfLate(change)
  if (clients.length > 0)
    return {
      severity: 'error',
      rule: 'still-used',
      message: `${message}; ${described(clients)}`,
      places,
      hint: HINTS.late,
    }
  if (usage.log?.isWhole === false)
    return {
      severity: 'error',
      rule: 'usage-too-short',
      message: `${message}; the usage log ${usage.log.beginsOn === undefined ? 'is empty' : `begins on ${usage.log.beginsOn} only`}`,
      places,
      hint: HINTS.short,
    }
  return { severity: 'note', rule: 'breaking-unused', message: `${message}: no known operation uses it`, places }
}

const HINTS = {
  used: 'keep the old beside the new, move the operations named here, and remove the old in a later release',
  deprecate: 'deprecate it first: @deprecated(reason: "2026-11-28: use …"); remove it in a later release, once unused',
  late: 'wait until the usage log no longer has it; `npm run graph -- usage report` shows who asks',
  short: 'wait until it has as many days as --days asks for (30 unless set): until then nobody knows that nobody asks',
} as const

/** A new value of an enum, a new type behind an interface: clients meet what they do not know. */
const dangerous = ({ message, criticality }: Change, places: Place[]): Finding => ({
  severity: 'warning',
  rule: 'dangerous',
  message: criticality.reason === undefined ? message : `${message}: ${criticality.reason}`,
  places,
})

/** Whether it takes away what was not deprecated in the graph before. Types and arguments without `@deprecated` of their own are not meant. */
function isUnannounced({ type, meta }: Change): boolean {
  if (type === ChangeType.FieldRemoved) return !(meta as { isRemovedFieldDeprecated: boolean }).isRemovedFieldDeprecated
  if (type === ChangeType.EnumValueRemoved) return !(meta as { isEnumValueDeprecated: boolean }).isEnumValueDeprecated
  if (type === ChangeType.InputFieldRemoved)
    return !(meta as { isInputFieldDeprecated: boolean }).isInputFieldDeprecated
  return false
}

const described = (clients: readonly FieldUse[]): string =>
  clients
    .map(({ client, version, count, lastDay }) => `${client} ${version} asked ${count} times, last on ${lastDay}`)
    .join(', ')
