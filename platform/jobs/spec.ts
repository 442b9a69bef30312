/** Work to be done later, and until it is done. `payload` is JSON; the id of the request that called for it is added, and its trace. */
export type JobSpec = {
  name: string
  payload: Readonly<Record<string, unknown>>
  /** Not before; at once unless given. */
  runAt?: Date
  /** 25 unless given: with exponential backoff, about three days. */
  maxAttempts?: number
  /** A job with this key that has not begun yet is replaced by this one. */
  key?: string
}
