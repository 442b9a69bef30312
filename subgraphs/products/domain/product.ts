import { canMove } from '#platform/kernel/state-machine.ts'
import { type Image, type ProductStatus, STATUS_TRANSITIONS, type VariantDraft } from './catalog.ts'
import { type Faults, invalid, readDescription, readImages, readText } from './input.ts'
import { isSlug } from './slug.ts'
import { readVariants, type VariantInput } from './variant.ts'

/** A new product as a client gives it. */
export type ProductInput = {
  name: string
  slug?: string | null | undefined
  description: string
  categoryId?: string | null | undefined
  images?: Image[] | null | undefined
  status?: ProductStatus | null | undefined
  variants: VariantInput[]
}

/** A change of a product: what is left out stays, null clears. */
export type ProductPatch = {
  name?: string | null | undefined
  slug?: string | null | undefined
  description?: string | null | undefined
  categoryId?: string | null | undefined
  images?: Image[] | null | undefined
  status?: ProductStatus | null | undefined
}

/** What a product is, beside its id and its variants. */
export type ProductFields = {
  name: string
  description: string
  categoryId: string | null
  images: Image[]
  status: ProductStatus
}

/** What is known of a new product once its input was found good. `slug` is null where it is to be made from the name. */
export type ProductDraft = ProductFields & { slug: string | null; variants: VariantDraft[] }

/** Reads a new product. */
export function readProduct(input: ProductInput, faults: Faults): ProductDraft {
  const status = input.status ?? 'ACTIVE'
  if (status === 'ARCHIVED') faults.push(invalid('a life begins as DRAFT or ACTIVE', ['input', 'status']))
  return {
    name: readText(input.name, ['input', 'name'], faults),
    slug: input.slug === null || input.slug === undefined ? null : readSlug(input.slug, faults),
    description: readDescription(input.description, ['input', 'description'], faults),
    categoryId: input.categoryId ?? null,
    images: readImages(input.images, ['input', 'images'], faults),
    status,
    variants: readVariants(input.variants, ['input', 'variants'], faults),
  }
}

/** The product after `patch`; `slug` is null where it stays. */
export function patchProduct(
  product: ProductFields,
  patch: ProductPatch,
  faults: Faults,
): ProductFields & { slug: string | null } {
  return {
    name: patch.name === undefined ? product.name : readText(patch.name, ['input', 'name'], faults),
    slug: patch.slug === undefined ? null : readSlug(patch.slug, faults),
    description:
      patch.description === undefined
        ? product.description
        : readDescription(patch.description, ['input', 'description'], faults),
    categoryId: patch.categoryId === undefined ? product.categoryId : patch.categoryId,
    images: patch.images === undefined ? product.images : readImages(patch.images, ['input', 'images'], faults),
    status: patch.status === undefined ? product.status : moveTo(product.status, patch.status, faults),
  }
}

/** A slug given by a person; null is none. */
export function readSlug(slug: string | null, faults: Faults): string {
  if (slug !== null && isSlug(slug)) return slug
  faults.push(
    invalid('expected lower-case ASCII letters and digits, in words joined by hyphens, at most 100 characters', [
      'input',
      'slug',
    ]),
  )
  return ''
}

function moveTo(from: ProductStatus, to: ProductStatus | null, faults: Faults): ProductStatus {
  if (to !== null && canMove(STATUS_TRANSITIONS, from, to)) return to
  faults.push(
    invalid(to === null ? "the status can't be cleared" : `${from} can't become ${to}: it is off sale for good`, [
      'input',
      'status',
    ]),
  )
  return from
}
