import {
  type DocumentNode,
  getOperationAST,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  NoSchemaIntrospectionCustomRule,
  type OperationDefinitionNode,
  parse,
  specifiedRules,
  validate,
} from 'graphql'
import { createCache } from '../caches.ts'
import type { DocumentLimits } from '../limits/document-limits.ts'
import type { Caller } from '../limits/caller-counts.ts'
import { deferRules } from '../defer/defer-rules.ts'
import { rootSelections } from './root-fields.ts'

/** A document that the schema allows, and the operation in it that is asked for. */
export type ParsedOperation = { document: DocumentNode; operation: OperationDefinitionNode }

/** Parses and validates what came over a socket; Apollo Server does the same for HTTP. Remembers the documents. */
export type ParseOperation = (
  query: string,
  operationName: string | undefined,
  /** Whoever is charged for the reading, where the document is not known yet. */
  caller?: Caller,
) => ParsedOperation | { errors: readonly GraphQLError[] }

/** What a document is held to beside the schema. */
type Checks = { limits: DocumentLimits; introspection: boolean }

const REMEMBERED_DOCUMENTS = 2_000
// Of the texts, together: parsed they take about fifty times that.
const REMEMBERED_CHARACTERS = 4_000_000
const RULES = [...specifiedRules, ...deferRules]

/** The parser for one schema. */
export function createParser(schema: GraphQLSchema, checks: Checks): ParseOperation {
  const known = createCache<string, DocumentNode>('stream_documents', {
    max: REMEMBERED_DOCUMENTS,
    maxSize: REMEMBERED_CHARACTERS,
    sizeCalculation: (_document, query) => Math.max(1, query.length),
  })
  return (query, operationName, caller) => {
    const document = known.get(query) ?? parseDocument(query, checks, caller)
    if (document instanceof GraphQLError) return { errors: [document] }
    const errors = known.has(query) ? [] : validateDocument(schema, document, checks, caller)
    if (errors.length > 0) return { errors }
    known.set(query, document)
    const operation = getOperationAST(document, operationName)
    if (operation) return { document, operation }
    return {
      errors: [
        withCode('OPERATION_RESOLUTION_FAILURE', 'operationName: expected the name of an operation of the document'),
      ],
    }
  }
}

function parseDocument(query: string, { limits }: Checks, caller: Caller | undefined): DocumentNode | GraphQLError {
  try {
    return parse(query, limits.parseOptions)
  } catch (error) {
    limits.check(undefined, caller)
    const refusal = error instanceof Error ? limits.ofParsing(error) : undefined
    if (refusal !== undefined) return refusal
    if (error instanceof GraphQLError) return copy('GRAPHQL_PARSE_FAILED', error)
    throw error
  }
}

function validateDocument(
  schema: GraphQLSchema,
  document: DocumentNode,
  { limits, introspection }: Checks,
  caller: Caller | undefined,
): GraphQLError[] {
  const refusal = limits.check(document, caller)
  if (refusal !== undefined) return [limits.count(refusal)]
  const conditional = conditionalSubscription(document)
  if (conditional !== undefined) return [conditional]
  const rules = introspection ? RULES : [...RULES, NoSchemaIntrospectionCustomRule]
  return validate(schema, document, rules).map((error) =>
    copy('GRAPHQL_VALIDATION_FAILED', error, introspection ? error.message : withoutSuggestions(error.message)),
  )
}

/** graphql-js and the planner both throw on `@skip` and `@include` at a subscription's root, so this comes before them. */
function conditionalSubscription(document: DocumentNode): GraphQLError | undefined {
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
  const subscriptions = operations.filter(({ operation }) => operation === 'subscription')
  const isConditional = subscriptions.some((subscription) =>
    rootSelections(document, subscription).some(({ directives }) =>
      (directives ?? []).some(({ name }) => name.value === 'skip' || name.value === 'include'),
    ),
  )
  return isConditional
    ? withCode(
        'GRAPHQL_VALIDATION_FAILED',
        "a subscription's root field takes neither @skip nor @include: leave the subscription out",
      )
    : undefined
}

const withCode = (code: string, message: string): GraphQLError => new GraphQLError(message, { extensions: { code } })

/** graphql-js says which names there are that resemble a misspelt one; Apollo Server takes the same out over HTTP. */
const withoutSuggestions = (message: string): string => message.replace(/ ?Did you mean(.+?)\?$/, '')

const copy = (code: string, error: GraphQLError, message = error.message): GraphQLError =>
  new GraphQLError(message, {
    nodes: error.nodes,
    source: error.source,
    positions: error.positions,
    extensions: { code },
  })
