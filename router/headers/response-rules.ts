import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import type { ResponseRule } from '../options/headers.ts'
import type { RouterOptions } from '../options/router-options.ts'
import type { Identity } from '../security/authenticate.ts'
import { strictest } from './cache-control.ts'

/** Hears of the answers that one request's calls got. */
export type Heard = {
  /** `isCacheable`: a query, answered without errors. */
  answer(subgraph: string, headers: IncomingHttpHeaders, isCacheable: boolean): void
  /** What was kept of an answer, for as long as it may still be kept. */
  kept(leftS: number): void
  /** A call that brought nothing. */
  failure(): void
}

/** What one request's subgraphs said, and what its client is told of it. */
export type ReceivedHeaders = { readonly heard: Heard; write(response: ServerResponse, identity: Identity): void }

/** What comes back from subgraphs. */
export type ResponseRules = {
  receive(): ReceivedHeaders
  /** Whether one client's answer of that subgraph must not be another's: it sets a cookie. */
  isPersonal(subgraph: string): boolean
}

/** The rules of these options; undefined where nothing comes back. */
export function createResponseRules({ request, response }: RouterOptions['headers']): ResponseRules | undefined {
  const { propagate, cacheControl } = response
  if (propagate.length === 0 && !cacheControl) return undefined
  const vary = cacheControl ? varyBy(request) : undefined
  return {
    receive: () => collect(propagate, vary),
    isPersonal: (subgraph) => propagate.some((rule) => rule.name === 'set-cookie' && isFor(rule, subgraph)),
  }
}

function collect(rules: readonly ResponseRule[], vary: string | undefined): ReceivedHeaders {
  const values = new Map<string, Set<string>>()
  const cacheControls: (string | undefined)[] = []
  const take = ({ name, as }: ResponseRule, headers: IncomingHttpHeaders) => {
    const given = headers[name]
    if (given === undefined) return
    const known = values.get(as ?? name) ?? new Set()
    values.set(as ?? name, known)
    for (const value of [given].flat()) known.add(value)
  }
  return {
    heard: {
      answer: (subgraph, headers, isCacheable) => {
        for (const rule of rules) if (isFor(rule, subgraph)) take(rule, headers)
        const said = [headers['cache-control']].flat().join(', ')
        cacheControls.push(isCacheable && said !== '' ? said : undefined)
      },
      kept: (leftS) => void cacheControls.push(`public, max-age=${Math.max(0, Math.floor(leftS))}`),
      failure: () => void cacheControls.push(undefined),
    },
    write: (response, { viewer }) => {
      for (const [name, all] of values) response.setHeader(name, name === 'set-cookie' ? [...all] : [...all].join(', '))
      if (vary === undefined || cacheControls.length === 0) return
      response.setHeader('cache-control', strictest(cacheControls, viewer.kind === 'user'))
      response.appendHeader('vary', vary)
    },
  }
}

const isFor = ({ subgraphs }: ResponseRule, subgraph: string): boolean => subgraphs?.includes(subgraph) ?? true

/** What a cache must tell apart: every header of a client that can change an answer. */
function varyBy(request: RouterOptions['headers']['request']): string {
  const propagated = request.flatMap((rule) => ('propagate' in rule ? [rule.propagate] : []))
  if (propagated.some((name) => name instanceof RegExp)) return '*'
  return ['authorization', 'x-currency', ...propagated].join(', ')
}
