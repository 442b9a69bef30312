/** The closed list of top-level `extensions.code` that we answer with, beside Apollo's own for parsing and validation. */
export const ERROR_CODES = [
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NOT_FOUND',
  'BAD_USER_INPUT',
  'UNAUTHORIZED_FIELD_OR_TYPE',
  'RATE_LIMITED',
  'DOWNSTREAM_SERVICE_ERROR',
  'INTERNAL_SERVER_ERROR',
] as const

/** One of {@link ERROR_CODES}. */
export type ErrorCode = (typeof ERROR_CODES)[number]

/** A fault of the caller's program (or an outage it should know of): its message and code reach the client as they are. */
export class CallerError extends Error {
  readonly code: ErrorCode
  /** The argument or input field at fault, where there is one. */
  readonly field: string | undefined

  constructor(code: ErrorCode, message: string, field?: string) {
    super(message)
    this.name = 'CallerError'
    this.code = code
    this.field = field
  }
}

/** Malformed input: names the field, what was expected and what came. */
export const badInput = (field: string, expected: string): CallerError =>
  new CallerError('BAD_USER_INPUT', `${field}: expected ${expected}`, field)

/** For the end of a `switch` over a union: the compiler proves that it is never reached. */
export function unreachable(value: never): never {
  throw new Error(`expected every case to be handled, got ${JSON.stringify(value)}`)
}

/** The text of whatever was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
