import { createLogger } from '#platform/runtime/logger.ts'

/** The logger of tests: silent unless LOG_LEVEL says otherwise. */
export const quiet = createLogger({ service: 'test', level: process.env['LOG_LEVEL'] ?? 'silent' })
