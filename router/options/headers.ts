import { z } from 'zod'
import { section } from './section.ts'

// What belongs to one connection, or is written by the router itself: https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1.
const RESERVED = new Set([
  'accept',
  'accept-encoding',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])
const ADDRESS = 'x-client-address'

/** Whether a client's header may go on under its own name. */
export const mayPropagate = (name: string): boolean =>
  !RESERVED.has(name) && name !== ADDRESS && !name.startsWith('sec-websocket-')

const name = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~0-9a-z-]+$/i, 'expected the name of a header')
  .transform((text) => text.toLowerCase())
const settable = name.refine(mayPropagate, {
  error: 'expected another header: this one belongs to the connection, or is the router’s own',
})
const removable = name.refine((text) => !RESERVED.has(text), {
  error: 'expected another header: this one belongs to the connection',
})
const value = z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'expected the value of a header, on one line')
const pattern = z.instanceof(RegExp)
const subgraphs = z.array(z.string()).min(1).optional()

const rule = z.union(
  [
    /** A client's header, or all whose names match; `as`: under another name; `default`: where the client sent none. */
    z.strictObject({ propagate: settable, as: settable.optional(), default: value.optional(), subgraphs }),
    z.strictObject({ propagate: pattern, subgraphs }),
    /** The same for every request. */
    z.strictObject({ insert: settable, value, subgraphs }),
    /** A claim of the client's verified token; nothing where the token has none. */
    z.strictObject({ insert: settable, claim: z.string(), subgraphs }),
    /** One of the headers that go by themselves, or that a rule before this one added. */
    z.strictObject({ remove: z.union([removable, pattern]), subgraphs }),
  ],
  { error: 'expected { propagate }, { insert } with value or claim, or { remove }: docs/headers.md' },
)

const received = z.strictObject({
  name: settable,
  as: settable.optional(),
  /** Whose header is taken; left out: all subgraphs'. */
  subgraphs,
})

/** What goes to subgraphs beside the usual, and what comes back from them. */
export const headers = section({
  schema: z.strictObject({
    /** One after the other; each for all subgraphs, or for those that it names. */
    request: z.array(rule).default([]),
    response: z
      .strictObject({
        /** Headers of subgraphs' answers that the client gets. */
        propagate: z.array(received).default([]),
        /** `Cache-Control` by the strictest of the subgraphs that were asked, instead of `no-store`. */
        cacheControl: z.boolean().default(false),
      })
      .default({ propagate: [], cacheControl: false }),
  }),
  fromEnvironment: () => ({}),
})

/** One rule of what goes to subgraphs. */
export type RequestRule = z.output<typeof rule>
/** One header that comes back. */
export type ResponseRule = z.output<typeof received>

/** Every subgraph that a rule names. */
export const namedSubgraphs = ({ request, response }: z.output<typeof headers.schema>): string[] => [
  ...new Set([...request, ...response.propagate].flatMap((one) => one.subgraphs ?? [])),
]
