// Everything that an app imports; docs/client.md shows how.
export { authorizedFetch } from './authorized-fetch.ts'
export { createClient } from './client.ts'
export type { Client, ClientOptions, RequestOptions } from './client-types.ts'
export { type GraphError, GraphRequestError, GraphUnreachableError } from './errors.ts'
export * from './generated/graphql.ts'
export {
  add,
  displayMoney,
  equals,
  type GraphMoney,
  type Money,
  multiply,
  readMoney,
  subtract,
  sum,
  toMoneyText,
} from './money.ts'
export type { Outcome } from './outcome.ts'
export { browserSession, memorySession, type Session, type SessionStore } from './session-store.ts'
