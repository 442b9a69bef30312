import { beginsWithinOneMistake, isForgivable, isWithinOneMistake } from './spelling.ts'
import { words } from './text.ts'

// Who pastes a paragraph is looking for its first words.
const MAX_TERMS = 12
const MAX_TERM = 64

/**
 * A term, and whether a product was ever described with it; of the last one, with a word that begins so. If not, the known
 * words that are like it.
 */
export type KnownTerm = { term: string; isKnown: boolean; alike: string[] }

/** The words that a person typed. */
export const searchTerms = (query: string): string[] =>
  words(query)
    .slice(0, MAX_TERMS)
    .map((word) => word.slice(0, MAX_TERM))

/**
 * A query in PostgreSQL's syntax for products that have all terms; of the last one, its beginning is enough. A term that
 * nobody knows may be one mistake away from a known word. Made of letters and digits alone: nothing typed is syntax.
 */
export const toTsquery = (terms: readonly KnownTerm[]): string =>
  terms.map((term, index) => `(${alternatives(term, index === terms.length - 1).join(' | ')})`).join(' & ')

function alternatives({ term, isKnown, alike }: KnownTerm, isLast: boolean): string[] {
  const asTyped = isLast ? `'${term}':*` : `'${term}'`
  if (isKnown || !isForgivable(term)) return [asTyped]
  const meant = alike.filter((word) => isWithinOneMistake(term, word) || (isLast && beginsWithinOneMistake(term, word)))
  return [asTyped, ...meant.map((word) => `'${word}'`)]
}
