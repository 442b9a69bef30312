import type { ExecutionResult } from 'graphql'
import type { Operations } from '../operations/operations.ts'
import type { RequestContext } from '../request-context.ts'
import type { KnownOperation } from './known-documents.ts'
import { writeData, type Written } from './write-result.ts'

/** An answer with the headers that Apollo Server gives it. */
export type QuickAnswer = { readonly headers: Iterable<[string, string]>; readonly body: Written }

/** The answer; or the context in which Apollo Server tells what came of the operation, which is executed but once. */
export type Tried =
  | { readonly answer: QuickAnswer; readonly context?: undefined }
  | { readonly answer?: undefined; readonly context: () => Promise<RequestContext> }

/** Executes an operation that Apollo Server would let through, and answers it where all went well. */
export async function tryQuickly(
  { headers, document, operationName, variables }: KnownOperation,
  authenticate: () => Promise<RequestContext>,
  operations: Operations,
): Promise<Tried> {
  const authenticated = authenticate()
  const answered = authenticated.then((context) =>
    operations.execute({ document, operationName, variables, context, isWritten: true }),
  )
  // Apollo Server gets the same promises, and tells of whatever they are rejected with.
  const result = await answered.catch((): ExecutionResult => ({}))
  if (
    result.data === undefined ||
    result.data === null ||
    result.errors !== undefined ||
    result.extensions !== undefined
  )
    return { context: async () => ({ ...(await authenticated), answered }) }
  return { answer: { headers, body: writeData(result.data) } }
}
