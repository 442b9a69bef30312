/** Alternatives, each a list of names of which all are needed. `[[]]` needs nothing; `[]` is never met. */
export type Alternatives = readonly (readonly string[])[]

/** What a request must bring: all three. */
export type Requirement = {
  readonly isAuthenticated: boolean
  readonly scopes: Alternatives
  readonly policies: Alternatives
}

/** What a request may see. `policies` are those that its evaluator allowed. */
export type Access = {
  readonly isAuthenticated: boolean
  readonly scopes: ReadonlySet<string>
  readonly policies: ReadonlySet<string>
}

const NOTHING: Alternatives = [[]]

/** Needs nothing. */
export const OPEN: Requirement = { isAuthenticated: false, scopes: NOTHING, policies: NOTHING }

/** Adds a requirement to what a schema coordinate needs already. */
export function addRequirement(
  rules: Map<string, Requirement>,
  coordinate: string,
  requirement: Requirement | undefined,
): void {
  if (requirement === undefined) return
  const known = rules.get(coordinate)
  rules.set(coordinate, known === undefined ? requirement : both(known, requirement))
}

/** Whether `access` meets `requirement`; what requires nothing is met by everybody. */
export function isMet(requirement: Requirement | undefined, access: Access): boolean {
  if (requirement === undefined) return true
  if (requirement.isAuthenticated && !access.isAuthenticated) return false
  return isAnyIn(requirement.scopes, access.scopes) && isAnyIn(requirement.policies, access.policies)
}

/** What is needed, for people. */
export function describe({ isAuthenticated, scopes, policies }: Requirement): string {
  const needs = [
    ...(needsSomething(scopes) ? [`the scope ${inWords(scopes)}`] : isAuthenticated ? ['a signed-in user'] : []),
    ...(needsSomething(policies) ? [`the policy ${inWords(policies)}`] : []),
  ]
  return needs.join(' and ')
}

const both = (one: Requirement, other: Requirement): Requirement => ({
  isAuthenticated: one.isAuthenticated || other.isAuthenticated,
  scopes: conjunction(one.scopes, other.scopes),
  policies: conjunction(one.policies, other.policies),
})

const isAnyIn = (alternatives: Alternatives, held: ReadonlySet<string>): boolean =>
  alternatives.some((all) => all.every((name) => held.has(name)))

/** Every pair, as (a or b) and (c or d) is ac or ad or bc or bd; without those that another makes needless. */
function conjunction(one: Alternatives, other: Alternatives): Alternatives {
  const pairs = one.flatMap((left) => other.map((right) => [...new Set([...left, ...right])].toSorted()))
  return pairs.filter(
    (pair, index) =>
      !pairs.some((than, at) => at !== index && isWithin(than, pair) && (than.length < pair.length || at < index)),
  )
}

const isWithin = (names: readonly string[], others: readonly string[]): boolean =>
  names.every((name) => others.includes(name))

const needsSomething = (alternatives: Alternatives): boolean => !alternatives.some(({ length }) => length === 0)

const inWords = (alternatives: Alternatives): string =>
  alternatives.length === 0 ? 'that nobody has' : alternatives.map((all) => all.join(' and ')).join(', or ')
