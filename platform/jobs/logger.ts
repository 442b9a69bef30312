import { Logger as JobLogger } from 'graphile-worker'
import type { Logger } from '../runtime/logger.ts'

/** The job runner's log lines, on ours. Its chatter about each job is `debug`. */
export const jobLogger = (log: Logger): JobLogger =>
  new JobLogger(() => (level, message, meta) => {
    const known = level === 'error' || level === 'warning' ? 'warn' : 'debug'
    log[known]({ job: meta }, message)
  })

/** For the runner's own migrations, which have nothing to say. */
export const quietJobLogger = new JobLogger(() => () => undefined)
