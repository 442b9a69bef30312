import type { GraphQLError } from 'graphql'
import type { Metrics } from '#platform/runtime/metrics.ts'
import { limitError } from './limit-errors.ts'
import { countRefusals } from './refusals.ts'

/** Counts the operations under way. */
export type InFlight = {
  /** Lets an operation in: the function that comes back lets it out again. Or why not: OVERLOADED. */
  enter(): (() => void) | GraphQLError
}

// What is under way takes a few milliseconds, or waits for a payment: sooner is as good as later.
const RETRY_AFTER_SECONDS = 1

/** At most `maximum` at once, over every transport; the events of a subscription do not count. */
export function createInFlight(maximum: number, metrics: Metrics): InFlight {
  const countRefusal = countRefusals(metrics)
  const gauge = metrics.gauge({ name: 'agora_router_operations_in_flight', help: 'Operations under way' })
  let underWay = 0
  metrics.onRead(() => gauge.set(underWay))
  const leave = () => void (underWay -= 1)
  return {
    enter: () => {
      if (underWay >= maximum) {
        countRefusal('inFlight')
        return overloaded(maximum)
      }
      underWay += 1
      return leave
    },
  }
}

const overloaded = (maximum: number): GraphQLError =>
  limitError(
    `the router answers ${maximum} operations already, as many as it takes at once: ask again in ${RETRY_AFTER_SECONDS} s`,
    { limit: 'inFlight', maximum },
    { retryAfterSeconds: RETRY_AFTER_SECONDS },
  )
