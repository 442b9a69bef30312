import type { ApolloServerPlugin, BaseContext } from '@apollo/server'
import type { GraphQLSchema } from 'graphql'
import type { Viewer } from '../auth/viewer.ts'

/**
 * Lets no answer be kept (`Cache-Control: no-store`) of a schema without hints, to anything but a query, or to whoever has
 * rights that not everybody has: they may be shown more. For all others Apollo Server says what `@cacheControl` allows.
 */
export function limitKeptAnswers<Context extends BaseContext & { viewer: Viewer }>(
  schema: GraphQLSchema,
): ApolloServerPlugin<Context> {
  const hasHints = usesHints(schema)
  return {
    requestDidStart: async () => ({
      didResolveOperation: async ({ operation, contextValue, overallCachePolicy }) => {
        const mayBeKept = hasHints && operation?.operation === 'query' && isLikeEverybody(contextValue.viewer)
        if (!mayBeKept) overallCachePolicy.restrict({ maxAge: 0 })
      },
    }),
  }
}

const isLikeEverybody = (viewer: Viewer): boolean =>
  viewer.kind === 'guest' || (viewer.kind === 'user' && viewer.scopes.size === 0)

type Definition = { astNode?: { directives?: readonly { name: { value: string } }[] | undefined } | null | undefined }

const hasHint = ({ astNode }: Definition): boolean =>
  astNode?.directives?.some(({ name }) => name.value === 'cacheControl') === true

const usesHints = (schema: GraphQLSchema): boolean =>
  Object.values(schema.getTypeMap()).some((type) => {
    const fields = 'getFields' in type ? Object.values(type.getFields()) : []
    return [type, ...fields].some(hasHint)
  })
