/** What a request says of itself, whichever transport it came by. */
export type RequestHeaders = Readonly<Record<string, unknown>>

/** The same headers by lower-case names, as HTTP has them: `connection_init` may spell them otherwise. */
export const lowerCased = (headers: RequestHeaders): RequestHeaders =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
