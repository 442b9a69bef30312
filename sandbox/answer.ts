/** What the sandbox sends back. The body is text already, so that a stored answer is replayed byte for byte. */
export type Answer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Set by a fault: the work is done, but the connection is cut instead of answering. */
  readonly isCut?: boolean
}

/** Stripe's kinds of errors that the sandbox knows. */
export type ErrorType = 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error'

/** The `error` of an answer, as Stripe names its fields. */
export type ErrorBody = {
  readonly type: ErrorType
  readonly code: string
  readonly message: string
  readonly decline_code?: string
  readonly param?: string
  readonly payment_intent?: unknown
}

/** An error answer that is thrown where nothing may be stored: what it refuses burns no idempotency key. */
export class ApiError extends Error {
  readonly status: number
  readonly body: ErrorBody

  constructor(status: number, body: ErrorBody) {
    super(body.message)
    this.name = 'ApiError'
    this.status = status
    this.body = body
  }
}

/** An answer of JSON. */
export const json = (status: number, value: unknown, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  body: JSON.stringify(value),
})

/** An error as an answer: `{ error: { type, code, message, … } }`. */
export const refusal = (status: number, error: ErrorBody): Answer => json(status, { error })

/** 404: no object of this id. */
export const missing = (what: string): ApiError =>
  new ApiError(404, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    message: `No such ${what}`,
    param: 'id',
  })

/** 400: the parameter `param` of the request is wrong. */
export const badParameter = (code: string, param: string, message: string): ApiError =>
  new ApiError(400, { type: 'invalid_request_error', code, message, param })
