import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { messageOf } from '#platform/kernel/errors.ts'
import type { Logger } from '#platform/runtime/logger.ts'
import { ROOT } from './plan.ts'

/**
 * Builds the router's pages where that is needed (seconds, at the first start and after an update), in a process of its own: the
 * builder is larger than the starter. False where it fails, which the log has: a shop without GraphiQL is still a shop.
 */
export async function buildPages({ signal, log }: { signal: AbortSignal; log: Logger }): Promise<boolean> {
  try {
    await promisify(execFile)(process.execPath, [`${ROOT}cli/pages.ts`], { signal })
    return true
  } catch (error) {
    if (!signal.aborted) log.warn({ reason: messageOf(error) }, 'GraphiQL could not be built: /graphiql is not served')
    return false
  }
}
