import { setImmediate } from 'node:timers/promises'
import { type DocumentNode, Kind, parse, specifiedRules, validate } from 'graphql'
import { withoutDefer } from '../defer/defer-directive.ts'
import { deferRules } from '../defer/defer-rules.ts'
import type { DocumentStore } from '../http/document-store.ts'
import type { Serving } from './serving.ts'

const RULES = [...specifiedRules, ...deferRules]

/**
 * Reads documents that the supergraph before was asked for, and compiles what is planned of them, so that the first
 * request for one finds it done. Between two of them requests are answered. What is not valid any more is left out.
 */
export async function warmDocuments(
  serving: Pick<Serving, 'supergraph' | 'documentStore' | 'executor'>,
  recent: ReturnType<DocumentStore['recent']>,
  isOver: AbortSignal,
): Promise<void> {
  // The latest used come last, so that they are the last to be forgotten.
  for (const { hash, document } of recent.toReversed()) {
    await setImmediate()
    if (isOver.aborted) return
    const read = document.loc === undefined ? undefined : parse(document.loc.source.body)
    if (read === undefined || validate(serving.supergraph.apiSchema, read, RULES).length > 0) continue
    serving.documentStore.remember(hash, read)
    for (const operationName of operationNames(read))
      await serving.executor.warm({ document: withoutDefer(read), operationName })
  }
}

const operationNames = (document: DocumentNode): (string | undefined)[] =>
  document.definitions
    .filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
    .filter(({ operation }) => operation !== 'subscription')
    .map(({ name }) => name?.value)
