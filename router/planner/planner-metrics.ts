import type { Metrics } from '#platform/runtime/metrics.ts'
import type { Planner, PlannerCounters } from './planner.ts'

const RESULTS = { hit: 'hits', planned: 'planned', joined: 'joined', failed: 'failed' } as const

/** Shows what a planner does; the function that comes back ends that. What only grows goes on from the planner before it. */
export function showPlanner({ counters }: Pick<Planner, 'counters'>, metrics: Metrics): () => void {
  const plans = metrics.counter({
    name: 'agora_router_plans_total',
    help: 'Plans asked for, by requests and by warming up: hit (known), planned, joined (waited for the same plan), failed (there is none)',
    labels: ['result'],
  })
  const evicted = metrics.counter({
    name: 'agora_router_plans_evicted_total',
    help: 'Plans forgotten to make room for others',
  })
  const lost = metrics.counter({
    name: 'agora_router_planner_lost_threads_total',
    help: 'Planning threads that an operation took down',
  })
  const held = metrics.gauge({ name: 'agora_router_plans', help: 'Plans that are held' })
  const waiting = metrics.gauge({
    name: 'agora_router_planner_waiting',
    help: 'Operations that wait for a planning thread',
  })
  let before: PlannerCounters | undefined
  const read = () => {
    const now = counters()
    const grown = (name: keyof PlannerCounters) => now[name] - (before?.[name] ?? 0)
    for (const [result, name] of Object.entries(RESULTS)) plans.inc({ result }, grown(name))
    evicted.inc(grown('evicted'))
    lost.inc(grown('lostThreads'))
    held.set(now.size)
    waiting.set(now.waiting)
    before = now
  }
  const forget = metrics.onRead(read)
  return () => {
    read()
    forget()
  }
}
