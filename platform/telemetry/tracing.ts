/** What a span says beside its name; names by OpenTelemetry's semantic conventions where they have one. */
export type Attributes = Readonly<Record<string, string | number | boolean>>

/** `parent` is a W3C `traceparent`, for what began elsewhere; else the parent is the span under way, where there is one. */
export type SpanOptions = {
  kind?: 'server' | 'client' | 'consumer'
  attributes?: Attributes
  parent?: string | undefined
}

/** A span under way. */
export type OpenSpan = {
  /** What another process continues it by. */
  readonly traceparent: string
  set(attributes: Attributes): void
  /** `error` where it failed. */
  end(error?: unknown): void
}

/** Where spans go. */
export type Tracer = {
  start(name: string, options: SpanOptions): OpenSpan
  /** Runs `work` with this span as the one under way. */
  within<Result>(span: OpenSpan, work: () => Result): Result
  current(): OpenSpan | undefined
}

// One a process, like the spans that are under way in it; undefined where nothing is traced, and then all below does nothing.
let tracer: Tracer | undefined

/** From now on spans go to `next`; nowhere where it is undefined. */
export const setTracer = (next: Tracer | undefined): void => void (tracer = next)

/** Whether anybody wants spans: decides at the start what is wrapped at all. */
export const isTracing = (): boolean => tracer !== undefined

/** The span under way, as a `traceparent`. */
export const currentTraceparent = (): string | undefined => tracer?.current()?.traceparent

/** Says more of the span under way. */
export const describeSpan = (attributes: Attributes): void => tracer?.current()?.set(attributes)

/** Begins a span within the one under way; undefined where there is none, or nothing is traced. */
export const startSpan = (name: string, options: SpanOptions = {}): OpenSpan | undefined =>
  tracer === undefined || (options.parent === undefined && tracer.current() === undefined)
    ? undefined
    : tracer.start(name, options)

/** Runs `work` in a span that ends with it; without `parent`, and none under way, it begins a trace. */
export async function inSpan<Result>(
  name: string,
  options: SpanOptions,
  work: () => Promise<Result> | Result,
): Promise<Result> {
  if (tracer === undefined) return work()
  const span = tracer.start(name, options)
  try {
    const result = await tracer.within(span, work)
    span.end()
    return result
  } catch (error) {
    span.end(error)
    throw error
  }
}
