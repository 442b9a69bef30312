/** One entry of `errors`, as the router sends it. `extensions.code` is one of docs/errors.md. */
export type GraphError = {
  readonly message: string
  readonly path?: readonly (string | number)[]
  readonly extensions?: { readonly code?: string } & Readonly<Record<string, unknown>>
}

/** The router answered with errors. What it could answer all the same is in `data`. */
export class GraphRequestError extends Error {
  override name = 'GraphRequestError'
  readonly errors: readonly GraphError[]
  readonly data: unknown
  /** Of HTTP; undefined for what came over a WebSocket. */
  readonly status: number | undefined
  /** The code of the first error. */
  readonly code: string | undefined

  constructor(answer: { errors: readonly GraphError[]; data?: unknown; status?: number }) {
    const [first] = answer.errors
    super(first?.message ?? 'the router answered without data')
    this.errors = answer.errors
    this.data = answer.data
    this.status = answer.status
    this.code = first?.extensions?.code
  }
}

/** Nobody answered, or something that is no GraphQL server did: `cause`, and the HTTP `status` where there was one. */
export class GraphUnreachableError extends Error {
  override name = 'GraphUnreachableError'
  readonly status: number | undefined

  constructor(message: string, options: { cause?: unknown; status?: number } = {}) {
    super(message, { cause: options.cause })
    this.status = options.status
  }
}

/** Whether the token was refused, over HTTP or WebSocket. */
export const isUnauthenticated = (errors: readonly GraphError[] | undefined): boolean =>
  errors?.some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED') ?? false
