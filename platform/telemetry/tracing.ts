/** What a span says beside its name; names by OpenTelemetry's semantic conventions where they have one. */
export type Attributes = Readonly<Record<string, string | number | boolean>>

/** `attributes` are asked for only where the span is recorded. `parent` is a W3C `traceparent`, for what began elsewhere; else the parent is the span under way, where there is one. */
export type SpanOptions = {
  kind?: 'server' | 'client' | 'consumer'
  attributes?: Attributes | (() => Attributes)
  parent?: string | undefined
  /** Of a trace that begins here: it was decided already that it is recorded. */
  isDecided?: boolean
}

/** A span under way. */
export type OpenSpan = {
  /** False where nobody will see it: its trace is not among those that are recorded. */
  readonly isRecorded: boolean
  /** What another process continues it by. */
  readonly traceparent: string
  set(attributes: Attributes): void
  /** `error` where it failed. */
  end(error?: unknown): void
}

/** Where spans go. */
export type Tracer = {
  /** Within a span that is not recorded, that one. */
  start(name: string, options: SpanOptions): OpenSpan
  /** Runs `work` with this span as the one under way. */
  within<Result>(span: OpenSpan, work: () => Result): Result
  current(): OpenSpan | undefined
  /** Whether a request is recorded that came with this `traceparent`, or none; to be asked once. */
  decide(traceparent: string | undefined): boolean
}

// One a process, like the spans that are under way in it; undefined where nothing is traced, and then all below does nothing.
let tracer: Tracer | undefined

/** From now on spans go to `next`; nowhere where it is undefined. */
export const setTracer = (next: Tracer | undefined): void => void (tracer = next)

/** Whether anybody wants spans: decides at the start what is wrapped at all. */
export const isTracing = (): boolean => tracer !== undefined

/** The span under way, as a `traceparent`. */
export const currentTraceparent = (): string | undefined => tracer?.current()?.traceparent

/** Whether there is a span under way, recorded or not. */
export const isInSpan = (): boolean => tracer?.current() !== undefined

/** Whether the span under way is not recorded: then those within it need not begin. */
export const isUnrecorded = (): boolean => tracer?.current()?.isRecorded === false

/** Whether a request is recorded that came with this `traceparent`, or none: to be asked once, and kept to. */
export const decideToRecord = (traceparent: string | undefined): boolean => tracer?.decide(traceparent) ?? false

/** Says more of the span under way. */
export const describeSpan = (attributes: Attributes): void => tracer?.current()?.set(attributes)

/** Begins a span within the one under way; undefined where there is none, it is not recorded, or nothing is traced. */
export const startSpan = (name: string, options: Omit<SpanOptions, 'parent'> = {}): OpenSpan | undefined =>
  tracer?.current()?.isRecorded === true ? tracer.start(name, options) : undefined

/** Runs `work` in a span that ends with it; without `parent`, and none under way, it begins a trace. */
export function inSpan<Result>(
  name: string,
  options: SpanOptions,
  work: () => Promise<Result> | Result,
): Promise<Result> {
  if (tracer === undefined) return Promise.try(work)
  const span = tracer.start(name, options)
  // What nobody will see needs to be known to what is done within it, and nothing else.
  return span.isRecorded
    ? recorded(tracer, span, work)
    : Promise.try(tracer.within<Promise<Result> | Result>, span, work)
}

async function recorded<Result>(
  running: Tracer,
  span: OpenSpan,
  work: () => Promise<Result> | Result,
): Promise<Result> {
  try {
    const result = await running.within(span, work)
    span.end()
    return result
  } catch (error) {
    span.end(error)
    throw error
  }
}
