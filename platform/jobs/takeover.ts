import type pg from 'pg'
import type { Running } from '../runtime/lifecycle.ts'
import type { Logger } from '../runtime/logger.ts'
import { pause } from '../runtime/pause.ts'

/** How often a runner says that it lives, and after how long a silence its jobs are somebody else's. */
export type TakeoverTiming = { beatMs: number; deadMs: number }

// graphile-worker itself waits four hours before it takes a job from a worker that died: an order would stay unpaid for
// as long. Ten seconds outlast any pause of a process that lives; if one is longer, its job runs twice, as any job may.
const TIMING: TakeoverTiming = { beatMs: 1_000, deadMs: 10_000 }
// After an outage of PostgreSQL nobody has been seen for a while: whoever is back first gives the others time to come.
const BEATS_BEFORE_JUDGING = 4

const BEAT = `
  insert into job_runner (id, seen_at) values ($1, now())
  on conflict (id) do update set seen_at = excluded.seen_at`

// The locks of everybody who has not been seen for so long, however many copies of the subgraph look at once.
const TAKE_OVER = `
  with dead as (
    select locked_by as id from graphile_worker.jobs
    where locked_at < now() - $1::int * interval '1 ms'
    group by locked_by
    except
    select id from job_runner where seen_at > now() - $1::int * interval '1 ms'
  ), forgotten as (
    delete from job_runner where seen_at < now() - interval '1 day'
  )
  select ids, graphile_worker.force_unlock_workers(ids) from (select array_agg(id) as ids from dead) as all_dead
  where ids is not null`

/** Says every second that `runnerId` lives, and frees the jobs of runners that do not any more. */
export function startTakeover(options: {
  pool: pg.Pool
  runnerId: string
  log: Logger
  timing?: TakeoverTiming | undefined
}): Running {
  const { pool, runnerId, log, timing = TIMING } = options
  const stopping = new AbortController()
  const stopped = stopping.signal
  const live = async () => {
    for (let beats = 0; !stopped.aborted; await pause(timing.beatMs, stopped)) {
      try {
        await pool.query(BEAT, [runnerId])
        beats += 1
        if (beats > BEATS_BEFORE_JUDGING) await takeOver(pool, timing.deadMs, log)
      } catch (error) {
        if (beats > 0) log.warn({ err: error }, "the job runner can't be reported alive; trying again")
        beats = 0
      }
    }
  }
  const done = live()
  return {
    stop: async () => {
      stopping.abort()
      await done
      await pool.query('delete from job_runner where id = $1', [runnerId])
    },
  }
}

async function takeOver(pool: pg.Pool, deadMs: number, log: Logger): Promise<void> {
  const { rows } = await pool.query<{ ids: string[] }>(TAKE_OVER, [deadMs])
  for (const { ids } of rows) log.warn({ runners: ids }, 'took over the jobs of runners that died')
}
