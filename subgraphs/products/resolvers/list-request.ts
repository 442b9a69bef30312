import type { ProductFilter as FilterInput, ProductSort } from '../../../.generated/products.ts'
import { decodeCursor, readFirst } from '#platform/graphql/connections.ts'
import { badInput, CallerError } from '#platform/kernel/errors.ts'
import { isId } from '#platform/kernel/ids.ts'
import { type MoneyText, parseMoney } from '#platform/kernel/money.ts'
import type { ProductsContext } from '../context.ts'
import type { ProductStatus } from '../domain/catalog.ts'
import { isPlain } from '../domain/input.ts'
import type { OptionChoice, ProductFilter } from '../persistence/product-filter.ts'
import type { ListRequest } from '../persistence/product-list.ts'
import { type Cursor, CURSORS } from '../persistence/product-order.ts'
import { canWriteCatalog } from '../rights.ts'

/** What a client asks of a list. */
export type ListArgs = {
  first: number
  after?: string | null | undefined
  filter?: FilterInput | null | undefined
  sort?: ProductSort | null | undefined
}

// A malformed id is an unknown one: no category has this.
const NO_CATEGORY = '00000000-0000-0000-0000-000000000000'
const MAX_OPTIONS = 50

/** Reads what a client asks of a list. `search` is in PostgreSQL's syntax. Throws BAD_USER_INPUT, and where a status is not for everybody. */
export function readListRequest(args: ListArgs, search: string | null, context: ProductsContext): ListRequest {
  const order = args.sort ?? (search === null ? 'NEWEST' : 'RELEVANCE')
  const filter = readFilter(args.filter ?? {}, search, context)
  return {
    filter,
    order,
    currency: filter.price?.currency ?? context.currency,
    after: decodeCursor<Cursor>(args.after, CURSORS[order]),
    limit: readFirst(args.first) + 1,
  }
}

function readFilter(input: FilterInput, search: string | null, context: ProductsContext): ProductFilter {
  const { categoryId } = input
  return {
    status: readStatus(input.status ?? 'ACTIVE', context),
    categoryId: categoryId === null || categoryId === undefined ? null : isId(categoryId) ? categoryId : NO_CATEGORY,
    price: readPriceFilter(input.price),
    options: readChoices(input.options ?? []),
    search,
  }
}

function readStatus(status: ProductStatus, { viewer }: ProductsContext): ProductStatus {
  if (status === 'ACTIVE' || canWriteCatalog(viewer)) return status
  const code = viewer.kind === 'guest' ? 'UNAUTHENTICATED' : 'FORBIDDEN'
  throw new CallerError(code, `filter.status: ${status} needs the scope catalog:write`, 'filter.status')
}

function readPriceFilter(input: FilterInput['price']): ProductFilter['price'] {
  if (input === null || input === undefined) return null
  const { currency, min, max } = input
  return { currency, minMinor: readBound('min', min, currency), maxMinor: readBound('max', max, currency) }
}

function readBound(name: string, amount: string | null | undefined, currency: MoneyText['currency']): bigint | null {
  if (amount === null || amount === undefined) return null
  const parsed = parseMoney({ amount, currency })
  if (parsed === null)
    throw badInput(`filter.price.${name}`, `an amount with as many decimals as ${currency} has, got ${amount}`)
  return parsed.amountMinor
}

function readChoices(options: readonly { name: string; value: string }[]): OptionChoice[] {
  if (options.length > MAX_OPTIONS) throw badInput('filter.options', `at most ${MAX_OPTIONS}, got ${options.length}`)
  if (!options.every(({ name, value }) => isPlain(name) && isPlain(value)))
    throw badInput('filter.options', 'plain text')
  const byName = Map.groupBy(options, ({ name }) => name)
  return [...byName].map(([name, chosen]) => ({ name, values: chosen.map(({ value }) => value) }))
}
