import type { ApolloServerPlugin } from '@apollo/server'
import { type DocumentNode, type GraphQLError, Kind } from 'graphql'
import type { DocumentLimits } from '../limits/document-limits.ts'
import { callerOf } from '../limits/caller-counts.ts'
import type { RequestContext } from '../request-context.ts'

/**
 * Holds the bounds of operations before Apollo Server validates, which may itself cost more than all the rest. No hook can
 * answer there: what exceeds one is validated as an empty document, which is remembered with the refusal in its place.
 */
export function limitDocuments(limits: DocumentLimits): ApolloServerPlugin<RequestContext> {
  const refusals = new WeakMap<DocumentNode, GraphQLError>()
  return {
    requestDidStart: async () => ({
      parsingDidStart: async (context) => async (failed) => {
        const refusal = limits.check(failed ? undefined : context.document, callerOf(context.contextValue))
        if (refusal === undefined) return
        const empty: DocumentNode = { kind: Kind.DOCUMENT, definitions: [] }
        refusals.set(empty, refusal)
        Object.assign(context, { document: empty })
      },
      didResolveOperation: async ({ document }) => {
        const refusal = refusals.get(document)
        if (refusal !== undefined) throw limits.count(refusal)
      },
    }),
  }
}
