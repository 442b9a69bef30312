import type { Fetcher } from '@graphiql/toolkit'
import { type DocumentNode, GraphQLError, Kind, parse } from 'graphql'

/**
 * `fetcher`, told what is really sent. GraphiQL reads the editor a moment after it changed, so who opens another tab and runs
 * it at once sends the new text with the old tab's operation name, and a subscription as if it were a query.
 */
export function promptFetcher(fetcher: Fetcher): Fetcher {
  return (params, options) => {
    const documentAST = parsed(params.query)
    if (documentAST === undefined) return fetcher(params, options)
    const operationName = nameOfOperation(documentAST, params.operationName)
    return fetcher({ ...params, operationName }, { ...options, documentAST })
  }
}

/** What GraphiQL says, unless there is no such operation and only one that can be meant. */
function nameOfOperation(document: DocumentNode, said: string | null | undefined): string | null | undefined {
  const names = document.definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION ? [definition.name?.value] : [],
  )
  return names.length === 1 ? names[0] : said
}

/** Nothing for a text that is no document: the router says what is wrong with it. */
function parsed(query: string): DocumentNode | undefined {
  try {
    return parse(query)
  } catch (error) {
    if (error instanceof GraphQLError) return undefined
    throw error
  }
}
