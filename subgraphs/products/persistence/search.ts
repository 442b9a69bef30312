import { sql } from 'kysely'
import type { Sql } from '#platform/db/database.ts'
import type { KnownTerm } from '../domain/search-query.ts'
import { words } from '../domain/text.ts'

/** What a product is found by. */
export type SearchDocument = {
  name: string
  variants: readonly { sku: string; options: readonly { name: string; value: string }[] }[]
  description: string
}

// Enough to hold what is one mistake away from a word, whatever else is like it.
const MOST_ALIKE = 100
// PostgreSQL refuses words of more than 2 KB; nobody types one of more than this.
const MAX_WORD = 64

/** Rewrites what the product is found by. Two statements. */
export async function refreshSearch(db: Sql, productId: string, document: SearchDocument): Promise<void> {
  const name = plain([document.name])
  const options = plain(document.variants.flatMap((variant) => variant.options.map(({ value }) => value)))
  const skus = plain(document.variants.flatMap(({ sku }) => [sku, joined(sku)]))
  const keywords = [...options, ...skus]
  const description = plain([document.description])
  await sql`
    update product set search =
      setweight(to_tsvector('english', ${name.join(' ')}), 'A') || setweight(to_tsvector('simple', ${name.join(' ')}), 'A') ||
      setweight(to_tsvector('english', ${keywords.join(' ')}), 'B') || setweight(to_tsvector('simple', ${keywords.join(' ')}), 'B') ||
      setweight(to_tsvector('english', ${description.join(' ')}), 'C') || setweight(to_tsvector('simple', ${description.join(' ')}), 'C')
    where id = ${productId}`.execute(db)
  // Not the SKUs: a code cut from a word looks like that word mistyped. In one order for all: two who write the same
  // words at once must not wait for each other.
  const known = [...new Set([...name, ...options, ...description])].toSorted()
  await sql`insert into search_word (word) select unnest(${known}::text[]) on conflict do nothing`.execute(db)
}

/** Looks `terms` up among all known words; what is like them only where they are not known. One statement. */
export async function lookUpTerms(db: Sql, terms: readonly string[]): Promise<KnownTerm[]> {
  const { rows } = await sql<KnownTerm>`
    select t.term, known.is_known as "isKnown",
      case when known.is_known then '{}' else array(select words_like(t.term, ${MOST_ALIKE})) end as alike
    from unnest(${terms}::text[]) with ordinality as t (term, place)
    cross join lateral (
      select case when t.place < ${terms.length}
        then exists (select from search_word w where w.word = t.term)
        else exists (select from search_word w where w.word ^@ t.term) end as is_known
    ) known
    order by t.place`.execute(db)
  return rows
}

const plain = (texts: readonly string[]): string[] => texts.flatMap(words).map((word) => word.slice(0, MAX_WORD))

/** "WHP-001" is also found by "whp001". */
const joined = (sku: string): string => words(sku).join('')
