import type { Element } from '../source/elements.ts'

/** What a rule has against an element; undefined where nothing. */
type Objection = (element: Element) => string | undefined

/** A rule of the house: why it is there, what it objects to, and what to do. */
export type Rule = { readonly reason: string; readonly fix: string; readonly objection: Objection }

/** Every rule by its id, which findings and waivers name. */
export const RULES: Readonly<Record<string, Rule>> = {
  described: {
    reason: 'the schema is the documentation that every client has at hand',
    fix: 'add a sentence of contract before it',
    objection: ({ description }) => (description === undefined ? 'has no description' : undefined),
  },
  'type-name': {
    reason: 'generated code takes its names from here',
    fix: 'use PascalCase; inputs end in Input',
    objection: ({ kind, name }) => {
      if (kind !== 'type' && kind !== 'input' && kind !== 'enum') return undefined
      if (!/^[A-Z][A-Za-z0-9]*$/.test(name)) return 'is not in PascalCase'
      return kind === 'input' && !/(?:Input|Filter)$/.test(name)
        ? 'is an input whose name does not end in Input'
        : undefined
    },
  },
  'field-name': {
    reason: 'clients read fields in their own language, where this is the custom',
    fix: 'use camelCase',
    objection: ({ kind, name }) =>
      (kind === 'field' || kind === 'argument') && !/^[a-z][A-Za-z0-9]*$/.test(name)
        ? 'is not in camelCase'
        : undefined,
  },
  'value-name': {
    reason: 'values of enums stand out in operations',
    fix: 'use UPPER_CASE',
    objection: ({ kind, name }) =>
      kind === 'value' && !/^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/.test(name) ? 'is not in UPPER_CASE' : undefined,
  },
  'connection-limited': {
    reason: 'without a limit one client reads the whole table',
    fix: 'take first: Int! with a default, and say so by @listSize(slicingArguments: ["first"], …)',
    objection: ({ kind, type, argumentNames, directives }) => {
      if (kind !== 'field' || type?.named.endsWith('Connection') !== true) return undefined
      return argumentNames.has('first') && directives.has('listSize') ? undefined : 'is a connection without a limit'
    },
  },
  'list-sized': {
    reason: 'the cost of an operation is reckoned before it runs',
    fix: 'add @listSize(assumedSize: …), or a slicing argument',
    objection: ({ kind, owner, type, directives }) => {
      if (kind !== 'field' || owner.isInput || owner.isPage || type?.isList !== true || type.isLeaf) return undefined
      // Another subgraph's field, which says it there.
      if (directives.has('external')) return undefined
      return directives.has('listSize') ? undefined : 'is a list of objects of which nobody says how long it is'
    },
  },
  'items-not-null': {
    reason: 'a client can do nothing with a hole in a list',
    fix: 'write [Type!]',
    objection: ({ type }) => (type?.hasNullItems === true ? 'is a list whose items may be null' : undefined),
  },
  'mutation-input': {
    reason: 'an input object can grow; a list of arguments can only break',
    fix: 'take one argument, input: …Input!',
    objection: ({ kind, owner, argumentNames }) => {
      if (kind !== 'field' || owner.name !== 'Mutation') return undefined
      return argumentNames.size === 1 && argumentNames.has('input') ? undefined : 'takes something else than one input'
    },
  },
  'mutation-errors': {
    reason: 'what a person can act on is data, not an exception',
    fix: 'return a payload type with userErrors',
    objection: ({ kind, owner, fieldsOfType }) => {
      if (kind !== 'field' || owner.name !== 'Mutation') return undefined
      return fieldsOfType.has('userErrors') ? undefined : 'returns no userErrors'
    },
  },
  'cost-declared': {
    reason: 'what is dear must count as dear, or the limits do not limit it',
    fix: 'add @cost(weight: …)',
    objection: ({ kind, owner, argumentNames, directives }) => {
      if (kind !== 'field' || owner.name !== 'Query' || !argumentNames.has('query')) return undefined
      return directives.has('cost') ? undefined : 'searches, and has no cost'
    },
  },
  'deprecation-dated': {
    reason: 'whoever still uses it must know since when, and what to use instead',
    fix: 'write @deprecated(reason: "2026-11-28: use …")',
    objection: ({ deprecation }) =>
      deprecation === undefined || isDated(deprecation)
        ? undefined
        : 'is deprecated without a day and what to use instead',
  },
}

function isDated(reason: string): boolean {
  const day = /^(\d{4}-\d\d-\d\d): \S/.exec(reason)?.[1]
  return day !== undefined && !Number.isNaN(Date.parse(day))
}
