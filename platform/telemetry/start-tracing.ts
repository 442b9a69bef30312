import { AsyncLocalStorage } from 'node:async_hooks'
import type * as OpenTelemetry from '@opentelemetry/api'
import { messageOf } from '../kernel/errors.ts'
import type { Config } from '../runtime/config.ts'
import type { Running } from '../runtime/lifecycle.ts'
import type { Logger } from '../runtime/logger.ts'
import { sampleShare, sampleUpTo, type Sampling } from './sampling.ts'
import { type OpenSpan, setTracer, type Tracer } from './tracing.ts'
import { UNSEEN, unseenTraceparent } from './unseen-traces.ts'

// Whoever looks right after a request finds its trace.
const LONGEST_DELAY_MS = 1_000

// Whoever tries something out sees all of it. Recording a small query costs as much as answering it, and a busy router must
// not be slowed by being watched.
const TRACES_PER_SECOND = 10

// With what it tries again: a collector that is away must not hold a stop up.
const LONGEST_SENDING_MS = 2_000

const WARNINGS_APART_MS = 60_000

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
  const warn = warnNowAndThen(log)
  const silent = () => undefined
  api.diag.setLogger({ error: warn, warn, info: silent, debug: silent, verbose: silent }, api.DiagLogLevel.WARN)
  const exporter = new OTLPTraceExporter({
    timeoutMillis: LONGEST_SENDING_MS,
    url: `${endpoint.replace(/\/$/, '')}/v1/traces`,
  })
  const provider = new sdk.TracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'service.namespace': 'agora' }),
    // What is not recorded never comes here.
    sampler: new sdk.AlwaysOnSampler(),
    spanProcessors: [new sdk.BatchSpanProcessor({ exporter, scheduledDelayMillis: LONGEST_DELAY_MS })],
  })
  const sample = share === undefined ? sampleUpTo(TRACES_PER_SECOND) : sampleShare(share)
  setTracer(createTracer(provider.getTracer('agora'), api, sample))
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

/** Every second, and from each process, it would be all that one reads while a collector is away. */
function warnNowAndThen(log: Logger): (message: string) => void {
  let saidAt = Number.NEGATIVE_INFINITY
  return (message) => {
    if (performance.now() - saidAt < WARNINGS_APART_MS) return
    saidAt = performance.now()
    log.warn({ reason: reasonIn(message) }, 'spans could not be sent')
  }
}

/** OpenTelemetry gives an error with its stack, as JSON. */
const reasonIn = (message: string): string => /"message":"((?:[^"\\]|\\.)*)"/.exec(message)?.[1] ?? message

type Api = typeof OpenTelemetry
type Tracked = OpenSpan & { readonly span?: OpenTelemetry.Span }

function createTracer(tracer: OpenTelemetry.Tracer, api: Api, sample: Sampling): Tracer {
  const underWay = new AsyncLocalStorage<Tracked>()
  const kinds = { server: api.SpanKind.SERVER, client: api.SpanKind.CLIENT, consumer: api.SpanKind.CONSUMER }
  const within = <Result>(span: OpenSpan, work: () => Result): Result =>
    span === underWay.getStore() ? work() : underWay.run(span, work)
  return {
    decide: (traceparent) => readParent(traceparent)?.isRecorded ?? sample(),
    start: (name, { kind, attributes = {}, parent, isDecided }) => {
      const remote = readParent(parent)
      const current = underWay.getStore()
      // Whoever began the trace has decided whether it is recorded.
      if (remote === undefined && current?.isRecorded === false) return current
      if (remote?.isRecorded === false) return new Unrecorded(parent)
      const parentSpan = remote === undefined ? current?.span : api.trace.wrapSpanContext(remote.spanContext)
      if (parentSpan === undefined && isDecided !== true && !sample()) return new Unrecorded()
      const context = parentSpan === undefined ? api.ROOT_CONTEXT : api.trace.setSpan(api.ROOT_CONTEXT, parentSpan)
      const said = typeof attributes === 'function' ? attributes() : attributes
      const options = { kind: kind === undefined ? api.SpanKind.INTERNAL : kinds[kind], attributes: { ...said } }
      return track(tracer.startSpan(name, options, context), api)
    },
    within,
    current: () => underWay.getStore(),
  }
}

function track(span: OpenTelemetry.Span, api: Api): Tracked {
  const { traceId, spanId, traceFlags } = span.spanContext()
  return {
    isRecorded: true,
    span,
    traceparent: traceparentOf({ traceId, spanId, traceFlags }),
    set: (attributes) => void span.setAttributes({ ...attributes }),
    end: (error) => {
      if (error !== undefined) span.setStatus({ code: api.SpanStatusCode.ERROR, message: messageOf(error) })
      span.end()
    },
  }
}

/** A trace that nobody will see. One for each request: its ids are made when something is passed on. */
class Unrecorded implements OpenSpan {
  readonly isRecorded = false
  #traceparent: string | undefined

  constructor(traceparent?: string) {
    this.#traceparent = traceparent === UNSEEN ? undefined : traceparent
  }

  get traceparent(): string {
    return (this.#traceparent ??= unseenTraceparent())
  }

  set(): void {}

  end(): void {}
}

type Ids = Pick<OpenTelemetry.SpanContext, 'traceId' | 'spanId' | 'traceFlags'>

const traceparentOf = ({ traceId, spanId, traceFlags }: Ids): string =>
  `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`

// https://www.w3.org/TR/trace-context/#traceparent-header-field-values
const TRACEPARENT = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-|$)/
const ZEROS = /^0+$/
const SAMPLED = 1

function readParent(
  traceparent: string | undefined,
): { isRecorded: boolean; spanContext: OpenTelemetry.SpanContext } | undefined {
  if (traceparent === undefined) return undefined
  const [, traceId, spanId, flags] = TRACEPARENT.exec(traceparent) ?? []
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined
  if (ZEROS.test(traceId) || ZEROS.test(spanId)) return undefined
  const traceFlags = Number.parseInt(flags, 16)
  const spanContext = { traceId, spanId, traceFlags, isRemote: true }
  return { isRecorded: (traceFlags & SAMPLED) === SAMPLED, spanContext }
}
