import type { ServerResponse } from 'node:http'
import type { RouterOptions } from '../options/router-options.ts'
import type { Identity } from '../security/authenticate.ts'
import { NOT_KEPT, strictest } from './cache-control.ts'
import { Heard, isFor } from './heard.ts'

/** What comes back from subgraphs. */
export type ResponseRules = {
  /** What a request's calls tell of their answers. */
  receive(): Heard
  /** Tells a client of it. */
  write(heard: Heard, response: ServerResponse, identity: Identity): void
  /** Whether one client's answer of that subgraph must not be another's: it sets a cookie. */
  isPersonal(subgraph: string): boolean
}

/** The rules of these options; undefined where nothing comes back. */
export function createResponseRules({ request, response }: RouterOptions['headers']): ResponseRules | undefined {
  const { propagate, cacheControl } = response
  if (propagate.length === 0 && !cacheControl) return undefined
  const vary = cacheControl ? createVary(varyBy(request)) : undefined
  return {
    receive: () => new Heard(propagate),
    write: (heard, answer, { viewer }) => {
      for (const [name, values] of heard.values())
        answer.setHeader(name, name === 'set-cookie' ? [...values] : [...values].join(', '))
      if (vary === undefined) return
      const merged = strictest(heard.cacheControls(), viewer.kind === 'user')
      // As every answer says by itself; and what nobody keeps, nobody has to tell apart.
      if (merged === NOT_KEPT) return
      answer.setHeader('cache-control', merged)
      answer.setHeader('vary', vary(answer.getHeader('vary')))
    },
    isPersonal: (subgraph) => propagate.some((rule) => rule.name === 'set-cookie' && isFor(rule, subgraph)),
  }
}

/** What `own` makes of the header that is there: one text, as Node writes a list in several lines, each at a cost of its own. */
function createVary(own: string): (given: string | number | readonly string[] | undefined) => string {
  let last: { given: unknown; text: string } = { given: undefined, text: own }
  return (given) => {
    if (given !== last.given) last = { given, text: given === undefined ? own : `${String(given)}, ${own}` }
    return last.text
  }
}

/** What a cache must tell apart: every header of a client that can change an answer. */
function varyBy(request: RouterOptions['headers']['request']): string {
  const propagated = request.flatMap((rule) => ('propagate' in rule ? [rule.propagate] : []))
  if (propagated.some((name) => name instanceof RegExp)) return '*'
  return ['authorization', 'x-currency', ...propagated].join(', ')
}
