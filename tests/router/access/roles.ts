/** Who asks: the scopes of their token (undefined: no token), and the policies that the evaluator allows them. */
export type Role = { scopes: readonly string[] | undefined; policies: readonly string[] }

/** What guards something, in SDL, and whom it lets in: written down here a second time, by hand, as the oracle. */
export type Guard = { name: string; sdl: string; lets(role: Role): boolean }

const has = (held: readonly string[] | undefined, ...all: string[]) => all.every((name) => held?.includes(name))

export const GUARDS: readonly Guard[] = [
  { name: 'Auth', sdl: '@authenticated', lets: ({ scopes }) => scopes !== undefined },
  {
    name: 'Scoped',
    sdl: '@requiresScopes(scopes: [["a"], ["b", "c"]])',
    lets: ({ scopes }) => has(scopes, 'a') || has(scopes, 'b', 'c'),
  },
  {
    name: 'Policy',
    sdl: '@policy(policies: [["p"], ["q", "r"]])',
    lets: ({ policies }) => has(policies, 'p') || has(policies, 'q', 'r'),
  },
  {
    name: 'Both',
    sdl: '@requiresScopes(scopes: [["b"]]) @policy(policies: [["q"]])',
    lets: ({ scopes, policies }) => has(scopes, 'b') && has(policies, 'q'),
  },
  {
    name: 'Three',
    sdl: '@authenticated @requiresScopes(scopes: [["a", "b"]]) @policy(policies: [["p"]])',
    lets: ({ scopes, policies }) => has(scopes, 'a', 'b') && has(policies, 'p'),
  },
  { name: 'Never', sdl: '@requiresScopes(scopes: [])', lets: () => false },
]

const SCOPES = [undefined, [], ['a', 'b'], ['b', 'c']]
const POLICIES = [[], ['p'], ['q'], ['q', 'r']]

/** Every combination. */
export const ROLES: readonly Role[] = SCOPES.flatMap((scopes) => POLICIES.map((policies) => ({ scopes, policies })))

/** For the name of a test. */
export const nameOf = ({ scopes, policies }: Role): string =>
  `${scopes === undefined ? 'a guest' : `a user with [${scopes.join(' ')}]`} whom [${policies.join(' ')}] are allowed`
