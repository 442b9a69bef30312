import fc from 'fast-check'

// Loaded first by `npm test` and `test:slow`, so that a run that fails can be run again and fails again. `npm run test:deep` draws anew each time.
const SEED = 20_261_120

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: SEED })
