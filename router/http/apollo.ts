import { ApolloServer } from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled'
import { type ExecutionResult, type GraphQLFormattedError, NoSchemaIntrospectionCustomRule } from 'graphql'
import type { Config } from '#platform/runtime/config.ts'
import type { Logger } from '#platform/runtime/logger.ts'
import type { Metrics } from '#platform/runtime/metrics.ts'
import { hasDefer } from '../defer/defer-directive.ts'
import { deferRules } from '../defer/defer-rules.ts'
import { deliverInParts, formatOf, incrementalDelivery } from '../defer/incremental-delivery.ts'
import { formatError } from '../errors.ts'
import type { Operations } from '../operations/operations.ts'
import type { OperationRequest } from '../executor/executor.ts'
import type { RequestContext } from '../request-context.ts'
import { type LoadedSupergraph, schemaOf } from '../supergraph/load-supergraph.ts'
import type { DocumentLimits } from '../limits/document-limits.ts'
import { tracingPlugins } from '../tracing.ts'
import type { DocumentStore } from './document-store.ts'
import { jsonStatus } from './json-status.ts'
import type { KnownDocuments } from './known-documents.ts'
import { limitDocuments } from './limit-documents.ts'
import { writeResult } from './write-result.ts'
import { countRefusedDocuments } from './request-metrics.ts'
import { unavailableStatus } from './unavailable-status.ts'

type Gateway = NonNullable<ConstructorParameters<typeof ApolloServer>[0]['gateway']>

type Options = {
  supergraph: LoadedSupergraph
  operations: Operations
  /** Told of the documents that are valid. */
  known: KnownDocuments
  documentStore: DocumentStore
  limits: DocumentLimits
  security: { introspection: boolean; batchSize: number }
  config: Config
  log: Logger
  metrics: Metrics
}

/** An Apollo Server, started, that parses and validates what comes over HTTP and leaves the rest to `operations`. */
export async function startApollo(options: Options): Promise<ApolloServer<RequestContext>> {
  const { config, limits, security, log } = options
  const apollo = new ApolloServer<RequestContext>({
    gateway: gatewayOf(options),
    csrfPrevention: true,
    // Refused by a rule below, in the words of graphql-js: Apollo's tell people of an option that is not ours.
    introspection: true,
    hideSchemaDetailsFromClientErrors: !security.introspection,
    allowBatchedHttpRequests: security.batchSize > 0,
    nodeEnv: config.NODE_ENV,
    persistedQueries: false,
    documentStore: options.documentStore,
    stopOnTerminationSignals: false,
    includeStacktraceInErrorResponses: false,
    logger: log,
    stringifyResult: writeResult,
    parseOptions: limits.parseOptions,
    formatError: (formatted, thrown) => {
      const refusal = isSyntaxError(formatted) ? limits.ofParsing(formatted) : undefined
      return refusal === undefined ? formatError(formatted, thrown, log) : formatError(refusal.toJSON(), refusal, log)
    },
    plugins: [
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      limitDocuments(limits),
      jsonStatus,
      unavailableStatus,
      countRefusedDocuments(options.metrics),
      incrementalDelivery,
      ...tracingPlugins(),
    ],
    validationRules: security.introspection ? [...deferRules] : [...deferRules, NoSchemaIntrospectionCustomRule],
  })
  await apollo.start()
  return apollo
}

const isSyntaxError = ({ extensions }: GraphQLFormattedError): boolean =>
  extensions?.['code'] === 'GRAPHQL_PARSE_FAILED'

/** Whatever went wrong, by whoever's fault: such an answer is not to be kept. */
async function execute(operations: Operations, operation: OperationRequest): Promise<ExecutionResult> {
  const result = await operations.execute(operation)
  if ((result.errors ?? []).length > 0) operation.context.heard?.failure()
  return result
}

function gatewayOf({ supergraph, operations, known }: Options): Gateway {
  // A schema of its own: plugins of Apollo Server hang resolvers into it, which would answer in our projection.
  const apiSchema = schemaOf(supergraph.apiSdl)
  return {
    onSchemaLoadOrUpdate: (listener) => {
      listener({ apiSchema, coreSupergraphSdl: supergraph.sdl })
      return () => undefined
    },
    load: async () => ({
      executor: async ({ document, request, source, context: given }) => {
        const context = given as RequestContext
        if (context.answered !== undefined) return context.answered
        if (source !== undefined) known.addDocument(source, document)
        const { operationName, variables = {} } = request
        const operation = { document, operationName, variables, context }
        const isInParts = hasDefer(document) && formatOf(request.http?.headers.get('accept')) !== undefined
        return isInParts
          ? deliverInParts(context, await operations.executeDeferred(operation))
          : execute(operations, { ...operation, isWritten: true })
      },
    }),
    stop: async () => undefined,
  }
}
