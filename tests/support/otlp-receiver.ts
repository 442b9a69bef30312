import { z } from 'zod'
import { answerJson, close, listen, readBody } from '#platform/runtime/http.ts'

/** A span as it came, with the name of the service that sent it. */
export type ReceivedSpan = {
  traceId: string
  spanId: string
  parentSpanId: string | undefined
  name: string
  service: string
  attributes: Record<string, unknown>
}

/** A collector that takes OTLP over HTTP as JSON, and keeps the spans. */
export type OtlpReceiver = { url: string; spans: ReceivedSpan[]; stop(): Promise<void> }

const attribute = z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) })
const request = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: z.array(attribute) }),
      scopeSpans: z.array(
        z.object({
          spans: z.array(
            z.object({
              traceId: z.string(),
              spanId: z.string(),
              parentSpanId: z.string().optional(),
              name: z.string(),
              attributes: z.array(attribute).default([]),
            }),
          ),
        }),
      ),
    }),
  ),
})

/** Starts one on a free port. */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = []
  const { server, url } = await listen(
    {
      paths: {
        '/v1/traces': async (incoming, response) => {
          for (const { resource, scopeSpans } of request.parse(JSON.parse(await readBody(incoming))).resourceSpans) {
            const service = String(valuesOf(resource.attributes)['service.name'])
            for (const span of scopeSpans.flatMap((scope) => scope.spans))
              spans.push({
                ...span,
                parentSpanId: span.parentSpanId || undefined,
                service,
                attributes: valuesOf(span.attributes),
              })
          }
          answerJson(response, 200, {})
        },
      },
      otherwise: (_request, response) => answerJson(response, 404, {}),
    },
    { host: '127.0.0.1', port: 0 },
  )
  const stop = () => {
    server.closeAllConnections()
    return close(server)
  }
  return { url, spans, stop }
}

const valuesOf = (attributes: z.output<typeof attribute>[]): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))
