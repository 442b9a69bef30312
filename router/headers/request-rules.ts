import { mayPropagate, type RequestRule } from '../options/headers.ts'
import type { RequestContext } from '../request-context.ts'
import type { RequestHeaders } from '../request-headers.ts'
import { Forwarded } from './forwarded.ts'

/** What goes to subgraphs where it is not the same for all. */
export type RequestRules = {
  /** The client's headers that some rule sends on: whoever differs in one of them may get another answer. */
  taken(headers: RequestHeaders): Readonly<Record<string, string>>
  /** What one subgraph gets. */
  to(subgraph: string, context: Pick<RequestContext, 'forwarded' | 'headers' | 'identity'>): Forwarded
}

// What goes to every subgraph by itself: the rest of `forwarded` is there only to tell requests apart.
const USUAL = ['x-request-id', 'traceparent', 'x-currency', 'authorization', 'x-client-address']
const VALUE = /^[\t\x20-\x7e\x80-\xff]+$/

/** The rules of these options; undefined where there are none, and every subgraph gets the usual. */
export function createRequestRules(rules: readonly RequestRule[]): RequestRules | undefined {
  if (rules.length === 0) return undefined
  const propagated = rules.flatMap((rule) => ('propagate' in rule ? [rule.propagate] : []))
  const bySubgraph = new Map<string, Apply>()
  // Subgraphs that the same rules are for get the same: it is made once a request for all of them.
  const byRules = new Map<string, Apply>()
  const applyFor = (subgraph: string): Apply => {
    const own = rules.filter((rule) => isFor(rule, subgraph))
    const key = own.map((rule) => rules.indexOf(rule)).join()
    const apply = byRules.get(key) ?? compile(own)
    byRules.set(key, apply)
    bySubgraph.set(subgraph, apply)
    return apply
  }
  return {
    taken: (headers) => {
      const taken: Headers = {}
      for (const wanted of propagated) take(taken, wanted, headers)
      return taken
    },
    to: (subgraph, context) => (bySubgraph.get(subgraph) ?? applyFor(subgraph))(context),
  }
}

type Request = Pick<RequestContext, 'forwarded' | 'headers' | 'identity'>
type Headers = Record<string, string>
type Apply = (request: Request) => Forwarded
/** Adds to what is sent, or takes from it. */
type Step = (sent: Headers, request: Request) => void

const isFor = ({ subgraphs }: RequestRule, subgraph: string): boolean => subgraphs?.includes(subgraph) ?? true

/** What these rules make of a request; once for all its calls. */
function compile(rules: readonly RequestRule[]): Apply {
  const steps = rules.map(stepOf)
  const make = (request: Request): Forwarded => {
    const sent: Headers = {}
    for (const name of USUAL) {
      const value = request.forwarded.headers[name]
      if (isVerified(name, request) || isValue(value)) sent[name] = value ?? ''
    }
    for (const step of steps) step(sent, request)
    return new Forwarded(sent)
  }
  return (request) => request.forwarded.once(steps, () => make(request))
}

function stepOf(rule: RequestRule): Step {
  if ('remove' in rule)
    return (sent) => {
      for (const name of Object.keys(sent)) if (isNamed(rule.remove, name)) delete sent[name]
    }
  if ('propagate' in rule) return propagating(rule)
  return (sent, { identity }) => {
    const value = 'value' in rule ? rule.value : claimText(identity.claims[rule.claim])
    if (isValue(value)) sent[rule.insert] = value
    // Never the client's own, where there is no claim to say it.
    else delete sent[rule.insert]
  }
}

function propagating(rule: Extract<RequestRule, { propagate: unknown }>): Step {
  const { propagate } = rule
  const [as, fallback] = 'as' in rule || 'default' in rule ? [rule.as, rule.default] : []
  return (sent, { headers }) => {
    if (typeof propagate !== 'string') return take(sent, propagate, headers)
    const given = headers[propagate]
    const value = isValue(given) ? given : fallback
    if (value !== undefined) sent[as ?? propagate] = value
  }
}

/** Takes the client's header of that name, or those whose names match, as far as they can be sent. */
function take(taken: Headers, wanted: string | RegExp, headers: RequestHeaders): void {
  const names =
    typeof wanted === 'string'
      ? [wanted]
      : Object.keys(headers).filter((name) => mayPropagate(name) && wanted.test(name))
  for (const name of names) {
    const value = headers[name]
    if (isValue(value)) taken[name] = value
  }
}

/** A token that was verified is long, and no other than it was. */
const isVerified = (name: string, { identity }: Request): boolean =>
  name === 'authorization' && identity.tokenName !== undefined

/** Not whatever came: `connection_init` can carry anything. */
const isValue = (value: unknown): value is string => typeof value === 'string' && VALUE.test(value)

const isNamed = (wanted: string | RegExp, name: string): boolean =>
  typeof wanted === 'string' ? wanted === name : wanted.test(name)

function claimText(claim: unknown): string | undefined {
  if (claim === undefined || claim === null) return undefined
  return typeof claim === 'string' ? claim : JSON.stringify(claim)
}
