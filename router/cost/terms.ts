/** Coerced variables of a request. */
export type Variables = Readonly<Record<string, unknown>>

/** A value, or how it follows from a request's variables. What is the same for every request is computed once. */
export type Term<Value extends number | boolean | undefined> = Value | ((variables: Variables) => Value)

/** The value of a term for one request. */
export const valueOf = <Value extends number | boolean | undefined>(term: Term<Value>, variables: Variables): Value =>
  typeof term === 'function' ? term(variables) : term

/** What `compute` makes of two terms. */
export function combine<One extends number | boolean | undefined, Other extends number | boolean | undefined>(
  one: Term<One>,
  other: Term<Other>,
  compute: (one: One, other: Other) => number,
): Term<number> {
  if (typeof one !== 'function' && typeof other !== 'function') return compute(one, other)
  return (variables) => compute(valueOf(one, variables), valueOf(other, variables))
}

/** All of them added. */
export const sumOf = (terms: readonly Term<number>[]): Term<number> => fold(terms, 0, (one, other) => one + other)

/** The greatest of them; 0 of none. */
export const maxOf = (terms: readonly Term<number>[]): Term<number> => fold(terms, 0, Math.max)

/** Whether both hold. */
export function both(one: Term<boolean>, other: Term<boolean>): Term<boolean> {
  if (one === false || other === false) return false
  if (one === true) return other
  if (other === true) return one
  return (variables) => valueOf(one, variables) && valueOf(other, variables)
}

/** Whether any holds. */
export function any(terms: readonly Term<boolean>[]): Term<boolean> {
  if (terms.includes(true)) return true
  const open = terms.filter((term) => term !== false)
  return open.length === 0 ? false : (variables) => open.some((term) => valueOf(term, variables))
}

/** The term where `condition` holds, else 0; the term is not computed then. */
export function onlyIf(condition: Term<boolean>, term: Term<number>): Term<number> {
  if (typeof condition !== 'function') return condition ? term : 0
  return (variables) => (condition(variables) ? valueOf(term, variables) : 0)
}

function fold(
  terms: readonly Term<number>[],
  first: number,
  step: (one: number, other: number) => number,
): Term<number> {
  let constant = first
  const open: ((variables: Variables) => number)[] = []
  for (const term of terms) {
    if (typeof term === 'function') open.push(term)
    else constant = step(constant, term)
  }
  if (open.length === 0) return constant
  return (variables) => {
    let folded = constant
    for (const term of open) folded = step(folded, term(variables))
    return folded
  }
}
