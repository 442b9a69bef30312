import { mayPropagate, type RequestRule } from '../options/headers.ts'
import type { RequestContext } from '../request-context.ts'
import type { RequestHeaders } from '../request-headers.ts'

type Forwarded = Readonly<Record<string, string>>

/** What goes to subgraphs where it is not the same for all. */
export type RequestRules = {
  /** The client's headers that some rule sends on: whoever differs in one of them may get another answer. */
  taken(headers: RequestHeaders): Forwarded
  /** What one subgraph gets. */
  to(subgraph: string, context: Pick<RequestContext, 'forwarded' | 'headers' | 'identity'>): Forwarded
}

// What goes to every subgraph by itself: the rest of `forwarded` is there only to tell requests apart.
const USUAL = ['x-request-id', 'traceparent', 'x-currency', 'authorization', 'x-client-address']
const VALUE = /^[\t\x20-\x7e\x80-\xff]+$/

/** The rules of these options; undefined where there are none, and every subgraph gets the usual. */
export function createRequestRules(rules: readonly RequestRule[]): RequestRules | undefined {
  if (rules.length === 0) return undefined
  const known = new WeakMap<Forwarded, Map<string, Forwarded>>()
  return {
    taken: (headers) =>
      Object.fromEntries(rules.flatMap((rule) => ('propagate' in rule ? matching(rule.propagate, headers) : []))),
    to: (subgraph, context) => {
      const bySubgraph = known.get(context.forwarded) ?? new Map<string, Forwarded>()
      known.set(context.forwarded, bySubgraph)
      const made =
        bySubgraph.get(subgraph) ??
        apply(
          rules.filter((rule) => isFor(rule, subgraph)),
          context,
        )
      bySubgraph.set(subgraph, made)
      return made
    },
  }
}

const isFor = ({ subgraphs }: RequestRule, subgraph: string): boolean => subgraphs?.includes(subgraph) ?? true

function apply(
  rules: readonly RequestRule[],
  { forwarded, headers, identity }: Pick<RequestContext, 'forwarded' | 'headers' | 'identity'>,
): Forwarded {
  const sent = new Map(USUAL.flatMap((name) => entry(name, forwarded[name])))
  for (const rule of rules) {
    if ('remove' in rule) {
      for (const name of sent.keys()) if (isNamed(rule.remove, name)) sent.delete(name)
    } else if ('propagate' in rule) {
      const found = matching(rule.propagate, headers)
      const [as, fallback] = 'as' in rule || 'default' in rule ? [rule.as, rule.default] : []
      for (const [name, value] of found) sent.set(as ?? name, value)
      if (found.length === 0 && fallback !== undefined && typeof rule.propagate === 'string')
        sent.set(as ?? rule.propagate, fallback)
    } else {
      const value = 'value' in rule ? rule.value : claimText(identity.claims[rule.claim])
      // Never the client's own, where there is no claim to say it.
      sent.delete(rule.insert)
      for (const [name, text] of entry(rule.insert, value)) sent.set(name, text)
    }
  }
  return Object.fromEntries(sent)
}

/** The client's headers of that name, or whose names match, as far as they can be sent. */
function matching(wanted: string | RegExp, headers: RequestHeaders): [string, string][] {
  if (typeof wanted === 'string') return entry(wanted, headers[wanted])
  return Object.entries(headers).flatMap(([name, value]) =>
    mayPropagate(name) && wanted.test(name) ? entry(name, value) : [],
  )
}

/** None where it is no value of a header: `connection_init` can carry anything. */
const entry = (name: string, value: unknown): [string, string][] =>
  typeof value === 'string' && VALUE.test(value) ? [[name, value]] : []

const isNamed = (wanted: string | RegExp, name: string): boolean =>
  typeof wanted === 'string' ? wanted === name : wanted.test(name)

function claimText(claim: unknown): string | undefined {
  if (claim === undefined || claim === null) return undefined
  return typeof claim === 'string' ? claim : JSON.stringify(claim)
}
