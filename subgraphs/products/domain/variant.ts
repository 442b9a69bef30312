import { MAX_VARIANTS, type Image, type Option, type VariantDraft } from './catalog.ts'
import { type Faults, invalid, readImage, readOptions, readSku, readText, readWeight } from './input.ts'
import { type PriceInput, readPrices } from './prices.ts'

/** A new variant as a client gives it. */
export type VariantInput = {
  sku: string
  name?: string | null | undefined
  options?: Option[] | null | undefined
  prices: PriceInput[]
  image?: Image | null | undefined
  weightGrams?: number | null | undefined
}

/** A change of a variant: what is left out stays, null clears. */
export type VariantPatch = Partial<Pick<VariantInput, 'name' | 'options' | 'image' | 'weightGrams'>>

/** What a variant without any choice is called. */
const ONLY_ONE = 'Standard'

/** Made from the choices: "Black, L". */
export const nameFromOptions = (options: readonly Option[]): string =>
  options.length === 0 ? ONLY_ONE : options.map((option) => option.value).join(', ')

/** Reads one variant at `path`. */
export function readVariant(input: VariantInput, path: readonly string[], faults: Faults): VariantDraft {
  const options = readOptions(input.options, [...path, 'options'], faults)
  const { prices, refusals } = readPrices(input.prices, [...path, 'prices'])
  faults.push(...refusals)
  return {
    sku: readSku(input.sku, [...path, 'sku'], faults),
    name: readVariantName(input.name, options, [...path, 'name'], faults),
    options,
    prices,
    image: readImage(input.image, [...path, 'image'], faults),
    weightGrams: readWeight(input.weightGrams, [...path, 'weightGrams'], faults),
  }
}

/** Reads the variants of a new product: 1 to 100, no SKU twice. */
export function readVariants(inputs: readonly VariantInput[], path: readonly string[], faults: Faults): VariantDraft[] {
  if (inputs.length === 0 || inputs.length > MAX_VARIANTS) {
    faults.push(invalid(`expected 1 to ${MAX_VARIANTS} variants, got ${inputs.length}`, path))
    return []
  }
  const seen = new Set<string>()
  return inputs.map((input, index) => {
    const at = [...path, String(index)]
    const variant = readVariant(input, at, faults)
    if (seen.has(variant.sku))
      faults.push({ code: 'SKU_TAKEN', message: `the SKU ${variant.sku} comes twice`, path: [...at, 'sku'] })
    seen.add(variant.sku)
    return variant
  })
}

/** A variant after `patch`. A name that was made from the options follows them. */
export function patchVariant<Variant extends Omit<VariantDraft, 'sku' | 'prices'>>(
  variant: Variant,
  patch: VariantPatch,
  faults: Faults,
): Pick<VariantDraft, 'name' | 'options' | 'image' | 'weightGrams'> {
  const options =
    patch.options === undefined ? variant.options : readOptions(patch.options, ['input', 'options'], faults)
  const given =
    patch.name === undefined && variant.name !== nameFromOptions(variant.options) ? variant.name : patch.name
  return {
    options,
    name: readVariantName(given, options, ['input', 'name'], faults),
    image: patch.image === undefined ? variant.image : readImage(patch.image, ['input', 'image'], faults),
    weightGrams:
      patch.weightGrams === undefined
        ? variant.weightGrams
        : readWeight(patch.weightGrams, ['input', 'weightGrams'], faults),
  }
}

// As long as ten choices can make it.
const MAX_VARIANT_NAME = 1_100

const readVariantName = (
  name: string | null | undefined,
  options: readonly Option[],
  path: readonly string[],
  faults: Faults,
): string =>
  name === null || name === undefined ? nameFromOptions(options) : readText(name, path, faults, MAX_VARIANT_NAME)
