import { hash } from 'node:crypto'
import type { FetchNode } from '@apollo/query-planner'
import { Kind, parse, print, stripIgnoredCharacters, visit } from 'graphql'
import { Forwarded } from '../../headers/forwarded.ts'
import type { RequestContext } from '../../request-context.ts'

/** What a source subgraph is asked for: equal texts and variables mean equal events. */
export type SourceRequest = { readonly query: string; readonly variables: Readonly<Record<string, unknown>> }

type Normalised = { query: string; names: readonly (readonly [given: string, normalised: string])[] }

const known = new WeakMap<FetchNode, Normalised>()

/**
 * The source's part of a subscription in one form for all clients: without the operation's name, and with variables
 * named by their place, so that clients which differ in names only can share it.
 */
export function sourceRequest(primary: FetchNode, variables: Readonly<Record<string, unknown>>): SourceRequest {
  const { query, names } = known.get(primary) ?? normalise(primary)
  const given = names.filter(([name]) => variables[name] !== undefined)
  return { query, variables: Object.fromEntries(given.map(([name, normalised]) => [normalised, variables[name]])) }
}

function normalise(primary: FetchNode): Normalised {
  const document = parse(primary.operation)
  const byName = new Map<string, string>()
  const renamed = visit(document, {
    OperationDefinition: ({ name: _name, ...operation }) => operation,
    Variable: (variable) => {
      const { value } = variable.name
      const normalised = byName.get(value) ?? `v${byName.size}`
      byName.set(value, normalised)
      return { ...variable, name: { kind: Kind.NAME, value: normalised } }
    },
  })
  const normalised = { query: stripIgnoredCharacters(print(renamed)), names: [...byName] }
  known.set(primary, normalised)
  return normalised
}

/** The context without the address of the one client that it came from: a shared subscription has several. */
export function sharedContext(context: RequestContext): RequestContext {
  const { 'x-client-address': _address, ...headers } = context.forwarded.headers
  return { ...context, forwarded: new Forwarded(headers) }
}

/** A short name for `parts`: the texts themselves would be kept for every subscription. */
export const keyOf = (parts: readonly unknown[]): string => hash('sha256', JSON.stringify(parts), 'base64url')
