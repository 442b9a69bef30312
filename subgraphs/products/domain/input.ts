import type { Refusal } from '#platform/kernel/result.ts'
import type { CatalogErrorCode, Image, Option } from './catalog.ts'

/** A refusal of the catalogue. */
export type CatalogRefusal = Refusal<CatalogErrorCode>

/** What a reader of input reports its faults to. */
export type Faults = CatalogRefusal[]

const MAX_NAME = 200
const MAX_DESCRIPTION = 20_000
const MAX_IMAGES = 50
const MAX_URL = 2_000
const MAX_OPTIONS = 10
const MAX_OPTION_TEXT = 100
const MAX_SKU = 64
// An integer of PostgreSQL; two thousand tonnes.
const MAX_GRAMS = 2_000_000_000
// PostgreSQL's text can't hold U+0000, its JSON no half of a surrogate pair, and a page none of the other controls.
const CONTROL = /(?![\t\n\r])\p{Cc}/u

/** Whether PostgreSQL and a page can show `text` as it is. */
export const isPlain = (text: string): boolean => text.isWellFormed() && !CONTROL.test(text)

/** Faults of one field, as a sentence. */
export const invalid = (message: string, path: readonly string[]): CatalogRefusal => ({
  code: 'INVALID_INPUT',
  message,
  path,
})

/** Text of 1 to `max` characters, without space around it. */
export function readText(
  text: string | null | undefined,
  path: readonly string[],
  faults: Faults,
  max = MAX_NAME,
): string {
  const trimmed = (text ?? '').trim()
  if (trimmed === '' || trimmed.length > max || !isPlain(trimmed))
    faults.push(invalid(`expected a text of 1 to ${max} characters`, path))
  return trimmed
}

/** Plain text of any shape; null is none. */
export function readDescription(text: string | null | undefined, path: readonly string[], faults: Faults): string {
  const trimmed = (text ?? '').trim()
  if (trimmed.length > MAX_DESCRIPTION || !isPlain(trimmed))
    faults.push(invalid(`expected plain text of at most ${MAX_DESCRIPTION} characters`, path))
  return trimmed
}

/** A SKU: 1 to 64 characters without spaces around it; upper and lower case differ. */
export const readSku = (sku: string, path: readonly string[], faults: Faults): string =>
  readText(sku, path, faults, MAX_SKU)

/** A list of pictures. */
export function readImages(
  images: readonly Image[] | null | undefined,
  path: readonly string[],
  faults: Faults,
): Image[] {
  if ((images ?? []).length > MAX_IMAGES) faults.push(invalid(`expected at most ${MAX_IMAGES} images`, path))
  return (images ?? []).flatMap((image, index) => readImage(image, [...path, String(index)], faults) ?? [])
}

/** A picture; null is none. */
export function readImage(image: Image | null | undefined, path: readonly string[], faults: Faults): Image | null {
  if (image === null || image === undefined) return null
  if (image.url.length > MAX_URL)
    faults.push(invalid(`expected an address of at most ${MAX_URL} characters`, [...path, 'url']))
  const altText = readDescription(image.altText, [...path, 'altText'], faults)
  return { url: image.url, altText }
}

/** The choices that make a variant what it is; each name once. */
export function readOptions(
  options: readonly Option[] | null | undefined,
  path: readonly string[],
  faults: Faults,
): Option[] {
  if ((options ?? []).length > MAX_OPTIONS) faults.push(invalid(`expected at most ${MAX_OPTIONS} options`, path))
  const seen = new Set<string>()
  return (options ?? []).map((option, index) => {
    const at = [...path, String(index)]
    const name = readText(option.name, [...at, 'name'], faults, MAX_OPTION_TEXT)
    if (seen.has(name)) faults.push(invalid(`expected each option once, ${name} comes twice`, [...at, 'name']))
    seen.add(name)
    return { name, value: readText(option.value, [...at, 'value'], faults, MAX_OPTION_TEXT) }
  })
}

/** A weight in whole grams; null is unknown. */
export function readWeight(grams: number | null | undefined, path: readonly string[], faults: Faults): number | null {
  if (grams === null || grams === undefined) return null
  if (grams < 0 || grams > MAX_GRAMS) faults.push(invalid(`expected 0 to ${MAX_GRAMS} grams, got ${grams}`, path))
  return grams
}
