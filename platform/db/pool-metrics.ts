import type { Metrics } from '../runtime/metrics.ts'
import type { Database } from './database.ts'

/** Shows the connections to PostgreSQL: of the requests' pool and of the job runner's. The function that comes back ends that. */
export function showPools({ workPool, jobPool }: Pick<Database, 'workPool' | 'jobPool'>, metrics: Metrics): () => void {
  const connections = metrics.gauge({
    name: 'agora_db_connections',
    help: 'Connections to PostgreSQL by pool (work, jobs) and state (busy, idle)',
    labels: ['pool', 'state'],
  })
  const waiting = metrics.gauge({
    name: 'agora_db_waiting',
    help: 'Who waits for a connection to PostgreSQL, by pool',
    labels: ['pool'],
  })
  const show = (pool: string, { idleCount, totalCount, waitingCount }: Counts) => {
    connections.set({ pool, state: 'busy' }, totalCount - idleCount)
    connections.set({ pool, state: 'idle' }, idleCount)
    waiting.set({ pool }, waitingCount)
  }
  return metrics.onRead(() => {
    show('work', workPool() ?? NONE)
    show('jobs', jobPool)
  })
}

type Counts = Pick<Database['jobPool'], 'idleCount' | 'totalCount' | 'waitingCount'>
const NONE: Counts = { idleCount: 0, totalCount: 0, waitingCount: 0 }
