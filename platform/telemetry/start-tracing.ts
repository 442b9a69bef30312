import { AsyncLocalStorage } from 'node:async_hooks'
import type * as OpenTelemetry from '@opentelemetry/api'
import { messageOf } from '../kernel/errors.ts'
import type { Config } from '../runtime/config.ts'
import type { Running } from '../runtime/lifecycle.ts'
import type { Logger } from '../runtime/logger.ts'
import { type OpenSpan, setTracer, type SpanOptions } from './tracing.ts'

// Whoever looks right after a request finds its trace.
const LONGEST_DELAY_MS = 1_000

// With what it tries again: a collector that is away must not hold a stop up.
const LONGEST_SENDING_MS = 2_000

const NOTHING: Running = { stop: async () => undefined }

/**
 * Sends spans to `OTEL_EXPORTER_OTLP_ENDPOINT` over OTLP, as JSON over HTTP; where it is not set nothing is loaded and
 * nothing done. `stop` sends what is left.
 */
export async function startTracing(service: string, config: Config, log: Logger): Promise<Running> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_TRACES_SAMPLER_ARG: share } = config
  if (endpoint === undefined) return NOTHING
  const [api, sdk, { OTLPTraceExporter }, { resourceFromAttributes }] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ])
  const warn = (message: string) => log.warn({ reason: message }, 'spans could not be sent')
  const silent = () => undefined
  api.diag.setLogger({ error: warn, warn, info: silent, debug: silent, verbose: silent }, api.DiagLogLevel.WARN)
  const exporter = new OTLPTraceExporter({
    timeoutMillis: LONGEST_SENDING_MS,
    url: `${endpoint.replace(/\/$/, '')}/v1/traces`,
  })
  const provider = new sdk.TracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'service.namespace': 'agora' }),
    // Whoever began the trace has decided; of those that begin here, a share.
    sampler: new sdk.ParentBasedSampler({ root: new sdk.TraceIdRatioBasedSampler(share) }),
    spanProcessors: [new sdk.BatchSpanProcessor({ exporter, scheduledDelayMillis: LONGEST_DELAY_MS })],
  })
  setTracer(createTracer(provider.getTracer('agora'), api))
  return {
    stop: async () => {
      setTracer(undefined)
      try {
        await provider.shutdown()
      } catch (error) {
        warn(messageOf(error))
      }
    },
  }
}

type Api = typeof OpenTelemetry
type Tracked = OpenSpan & { readonly span: OpenTelemetry.Span }

function createTracer(tracer: OpenTelemetry.Tracer, api: Api) {
  const underWay = new AsyncLocalStorage<Tracked>()
  const kinds = { server: api.SpanKind.SERVER, client: api.SpanKind.CLIENT, consumer: api.SpanKind.CONSUMER }
  const parentOf = (traceparent: string | undefined): OpenTelemetry.Span | undefined =>
    readParent(traceparent, api) ?? underWay.getStore()?.span
  return {
    start: (name: string, { kind, attributes = {}, parent }: SpanOptions): Tracked => {
      const parentSpan = parentOf(parent)
      const context = parentSpan === undefined ? api.ROOT_CONTEXT : api.trace.setSpan(api.ROOT_CONTEXT, parentSpan)
      const options = { kind: kind === undefined ? api.SpanKind.INTERNAL : kinds[kind], attributes: { ...attributes } }
      return track(tracer.startSpan(name, options, context), api)
    },
    within: <Result>(span: OpenSpan, work: () => Result): Result => underWay.run(span as Tracked, work),
    current: () => underWay.getStore(),
  }
}

function track(span: OpenTelemetry.Span, api: Api): Tracked {
  const { traceId, spanId, traceFlags } = span.spanContext()
  return {
    span,
    traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
    set: (attributes) => void span.setAttributes({ ...attributes }),
    end: (error) => {
      if (error !== undefined) span.setStatus({ code: api.SpanStatusCode.ERROR, message: messageOf(error) })
      span.end()
    },
  }
}

// https://www.w3.org/TR/trace-context/#traceparent-header-field-values
const TRACEPARENT = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-|$)/

function readParent(traceparent: string | undefined, api: Api): OpenTelemetry.Span | undefined {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(traceparent ?? '') ?? []
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined
  const spanContext = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true }
  return api.isSpanContextValid(spanContext) ? api.trace.wrapSpanContext(spanContext) : undefined
}
