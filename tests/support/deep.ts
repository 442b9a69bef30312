import fc from 'fast-check'

// Loaded first by `npm run test:deep`. A property that names its own `numRuns` (since each run costs a database) keeps it.
const RUNS = 10_000

// For tests that do more then than they can every time.
process.env['AGORA_DEEP'] = '1'

fc.configureGlobal({ ...fc.readConfigureGlobal(), numRuns: RUNS })
