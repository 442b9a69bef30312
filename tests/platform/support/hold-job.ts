import { startJobs } from '#platform/jobs/worker.ts'
import { quiet } from '../../support/quiet.ts'
import { openStore } from './store.ts'

// A process that takes a job and never ends it: it is there to be killed. Says when it is up, and when it has the job.
const [postgresUrl = '', name = ''] = process.argv.slice(2)
const database = await openStore(postgresUrl, { name })
const handlers = {
  hold: async () => {
    process.send?.('held')
    await new Promise(() => undefined)
  },
}
await startJobs({ database, jobs: { handlers }, log: quiet, timing: { beatMs: 50, deadMs: 1_000 } })
process.send?.('up')
