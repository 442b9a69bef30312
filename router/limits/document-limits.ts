import { type DocumentNode, type GraphQLError, Kind, type OperationDefinitionNode } from 'graphql'
import type { RouterOptions } from '../options/router-options.ts'
import { type LimitName, limitError } from './limit-errors.ts'
import { createMeasure, type Measured } from './measure-operation.ts'
import type { Caller } from './caller-counts.ts'
import type { RateLimiter } from './rate-limiter.ts'

/** Bounds on the text and the shape of operations, held before validation. */
export type DocumentLimits = {
  /** For graphql's `parse`. */
  readonly parseOptions: { readonly maxTokens?: number }
  /** The bound that made `parse` throw this, if one did. */
  ofParsing(error: { readonly message: string }): GraphQLError | undefined
  /**
   * The first bound that an operation of a document exceeds. Charges the caller for the reading: as much as it has fields,
   * whether it turns out to be valid or not; undefined stands for a text that is no document.
   */
  check(document: DocumentNode | undefined, caller?: Caller): GraphQLError | undefined
  /** Counts a refusal that `check` gave. */
  count(refusal: GraphQLError): GraphQLError
}

type CountRefusal = (limit: LimitName) => void

// graphql says it so: "Document contains more that 15000 tokens. Parsing aborted."
const TOO_MANY_TOKENS = /contains more tha[nt] \d+ tokens/

/** The bounds of `options`; `countRefusal` hears of every refusal. */
export function createDocumentLimits(
  options: RouterOptions['limits'],
  { countRefusal, rateLimiter }: { countRefusal: CountRefusal; rateLimiter: Pick<RateLimiter, 'spend'> | undefined },
): DocumentLimits {
  const count = (refusal: GraphQLError): GraphQLError => {
    countRefusal(refusal.extensions['limit'] as LimitName)
    return refusal
  }
  return {
    parseOptions: Number.isFinite(options.tokens) ? { maxTokens: options.tokens } : {},
    ofParsing: (error) => {
      if (TOO_MANY_TOKENS.test(error.message)) return count(tooManyTokens(options))
      // The parser calls itself for each level: what nests this deep overflows the stack.
      return /call stack/.test(error.message) ? count(tooDeepToRead(options)) : undefined
    },
    check: (document, caller) => {
      const { refusal, fields } = document === undefined ? UNREADABLE : measured(document, options)
      if (caller !== undefined) rateLimiter?.spend(caller, Math.min(fields, options.fields))
      return refusal
    },
    count,
  }
}

type Reading = { refusal: GraphQLError | undefined; fields: number }

// About what it takes to find out.
const UNREADABLE: Reading = { refusal: undefined, fields: 10 }

function measured(document: DocumentNode, options: RouterOptions['limits']): Reading {
  const measure = createMeasure(document)
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
  let refusal: GraphQLError | undefined
  let fields = 0
  for (const operation of operations) {
    const size = measure(operation)
    refusal ??= exceeded(operation, size, options)
    fields += size.fields
  }
  return { refusal, fields }
}

function exceeded(
  operation: OperationDefinitionNode,
  { depth, deepest, fields, width, aliases, directives }: Measured,
  options: RouterOptions['limits'],
): GraphQLError | undefined {
  if (depth > options.depth) return tooDeep(operation, depth, options.depth, deepest)
  const counts = { rootFields: width, fields, aliases, directives }
  for (const limit of ['rootFields', 'fields', 'aliases', 'directives'] as const)
    if (counts[limit] > options[limit]) return tooMany(operation, limit, counts[limit], options[limit])
  return undefined
}

const tooDeep = (
  operation: OperationDefinitionNode,
  actual: number,
  maximum: number,
  deepest: OperationDefinitionNode['selectionSet']['selections'][number] | undefined,
): GraphQLError =>
  limitError(
    `${nameOf(operation)}: expected at most ${maximum} levels of fields, got ${actual}`,
    { limit: 'depth', maximum, actual },
    { nodes: [deepest ?? operation] },
  )

const COUNTED = {
  rootFields: 'fields at the root',
  fields: 'fields, with those of fragments wherever they are spread',
  aliases: 'aliases',
  directives: 'directives',
}

const tooMany = (
  operation: OperationDefinitionNode,
  limit: keyof typeof COUNTED,
  actual: number,
  maximum: number,
): GraphQLError =>
  limitError(
    `${nameOf(operation)}: expected at most ${maximum} ${COUNTED[limit]}, got ${actual}`,
    { limit, maximum, actual },
    { nodes: [operation] },
  )

const tooManyTokens = ({ tokens }: RouterOptions['limits']): GraphQLError =>
  limitError(`document: expected at most ${tokens} tokens, got more`, { limit: 'tokens', maximum: tokens })

const tooDeepToRead = ({ depth }: RouterOptions['limits']): GraphQLError =>
  limitError(`document: expected at most ${depth} levels of fields, it nests too deep to be read`, {
    limit: 'depth',
    maximum: depth,
  })

const nameOf = ({ operation, name }: OperationDefinitionNode): string =>
  name === undefined ? operation : `${operation} ${name.value}`
