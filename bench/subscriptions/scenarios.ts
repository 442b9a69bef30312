/** Who subscribes to what. */
export type Scenario = {
  readonly name: string
  readonly title: string
  /** Whether the clients ask the subgraph themselves, a plain graphql-ws server: the limit of what a router can reach. */
  readonly isPlain: boolean
  /** Whether each client asks by a document of its own. */
  readonly isDistinct: boolean
  /** How many people, with a token each; 0: guests. */
  readonly identities: number
}

export const SCENARIOS: readonly Scenario[] = [
  { name: 'plain', title: 'limit: a plain graphql-ws server', isPlain: true, isDistinct: false, identities: 0 },
  { name: 'shared', title: 'router, one shared subscription', isPlain: false, isDistinct: false, identities: 0 },
  {
    name: 'plain-operations',
    title: 'limit: the same server, each client its own operation',
    isPlain: true,
    isDistinct: true,
    identities: 0,
  },
  {
    name: 'operations',
    title: 'router, each client its own operation, one identity',
    isPlain: false,
    isDistinct: true,
    identities: 1,
  },
  { name: 'identities', title: 'router, 2,000 identities', isPlain: false, isDistinct: false, identities: 2_000 },
]
