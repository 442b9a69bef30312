import type { Metrics } from '#platform/runtime/metrics.ts'
import { TRANSPORTS, type Transport } from './client-stream.ts'

/** What is counted of streams. */
export type StreamMetrics = {
  opened(transport: Transport): void
  closed(transport: Transport): void
  /** Subscriptions open over all transports. */
  open(): number
  onEvent(subgraph: string): void
  onDrop(at: 'client' | 'source'): void
  onJoined(to: 'source' | 'answers'): void
}

/** Registers the metrics of streams; `sizes` is read whenever they are. */
export function createStreamMetrics(
  metrics: Metrics,
  sizes: { sources(): number; connections(): number },
): StreamMetrics {
  const open = Object.fromEntries(TRANSPORTS.map((transport) => [transport, 0])) as Record<Transport, number>
  const [openGauge, sources, connections] = [
    metrics.gauge({
      name: 'agora_router_subscriptions_open',
      help: 'Subscriptions of clients that are open',
      labels: ['transport'],
    }),
    metrics.gauge({ name: 'agora_router_upstream_subscriptions', help: 'Subscriptions open at subgraphs' }),
    metrics.gauge({ name: 'agora_router_upstream_connections', help: 'WebSockets open to subgraphs' }),
  ]
  metrics.onRead(() => {
    for (const transport of TRANSPORTS) openGauge.set({ transport }, open[transport])
    sources.set(sizes.sources())
    connections.set(sizes.connections())
  })
  return {
    opened: (transport) => void (open[transport] += 1),
    closed: (transport) => void (open[transport] -= 1),
    open: () => TRANSPORTS.reduce((sum, transport) => sum + open[transport], 0),
    ...countersOf(metrics),
  }
}

function countersOf(metrics: Metrics): Pick<StreamMetrics, 'onEvent' | 'onDrop' | 'onJoined'> {
  const events = metrics.counter({
    name: 'agora_router_subscription_events_total',
    help: 'Events that subgraphs sent',
    labels: ['subgraph'],
  })
  const drops = metrics.counter({
    name: 'agora_router_subscription_drops_total',
    help: 'What was dropped because a client read too slowly (client) or events came faster than they could be completed (source)',
    labels: ['at'],
  })
  const joined = metrics.counter({
    name: 'agora_router_subscriptions_shared_total',
    help: 'Subscriptions that joined an open one: its events (source), or its answers too (answers)',
    labels: ['to'],
  })
  return {
    onEvent: (subgraph) => events.inc({ subgraph }),
    onDrop: (at) => drops.inc({ at }),
    onJoined: (to) => joined.inc({ to }),
  }
}
