import { words } from './text.ts'

const SLUG = /^[a-z0-9]+(?:-[a-z0-9]+)*$/
// A web address is read, mailed and printed; the suffix of a twin still fits behind it.
const MAX_LENGTH = 100
const MAX_MADE_LENGTH = 80

/** Whether `slug` can stand in a web address as it is: lower-case ASCII words and digits, joined by single hyphens. */
export const isSlug = (slug: string): boolean => slug.length <= MAX_LENGTH && SLUG.test(slug)

/** A slug from a name; `fallback` where nothing of it can be written in ASCII. "Café Crème, 2 L" gives "cafe-creme-2-l". */
export function slugify(name: string, fallback: string): string {
  const ascii = words(name)
    .map((word) => word.replace(/[^a-z0-9]/g, ''))
    .filter((word) => word !== '')
  const slug = ascii.join('-').slice(0, MAX_MADE_LENGTH).replace(/-+$/, '')
  return slug === '' ? fallback : slug
}

/** `base`, or else the first of `base-2`, `base-3` … that is not among `taken`. */
export function firstFree(base: string, taken: ReadonlySet<string>): string {
  if (!taken.has(base)) return base
  let suffix = 2
  while (taken.has(`${base}-${suffix}`)) suffix += 1
  return `${base}-${suffix}`
}
