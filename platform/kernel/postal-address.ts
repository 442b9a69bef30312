import { isCountryCode } from './countries.ts'
import type { Refusal } from './result.ts'

/** A postal address, as common.graphql has it. */
export type PostalAddress = {
  recipient: string
  line1: string
  line2: string | null
  city: string
  region: string | null
  postalCode: string
  countryCode: string
  phone: string | null
}

/** What a client sends for one. */
export type PostalAddressInput = Pick<PostalAddress, 'recipient' | 'line1' | 'city' | 'postalCode' | 'countryCode'> &
  Partial<Pick<PostalAddress, 'line2' | 'region' | 'phone'>>

// UPU S42 lets a line of an address have about 60 characters; twice that leaves room for other scripts.
const MAX_LENGTH = 120
const REQUIRED = ['recipient', 'line1', 'city', 'postalCode'] as const
const OPTIONAL = ['line2', 'region', 'phone'] as const

/** The address with surrounding blanks gone, and empty optional lines null. */
export function normaliseAddress(input: PostalAddressInput): PostalAddress {
  const optional = (text: string | null | undefined) => (text?.trim() ? text.trim() : null)
  return {
    recipient: input.recipient.trim(),
    line1: input.line1.trim(),
    line2: optional(input.line2),
    city: input.city.trim(),
    region: optional(input.region),
    postalCode: input.postalCode.trim(),
    countryCode: input.countryCode.trim(),
    phone: optional(input.phone),
  }
}

/** What is wrong with a normalised address, one refusal a field; `path` is where the address stands among the arguments. */
export function checkAddress(address: PostalAddress, path: readonly string[]): Refusal<'INVALID_ADDRESS'>[] {
  const refuse = (field: string, expected: string) => ({
    code: 'INVALID_ADDRESS' as const,
    message: `${field}: expected ${expected}`,
    path: [...path, field],
  })
  const empty = REQUIRED.filter((field) => address[field] === '').map((field) => refuse(field, 'something'))
  const long = [...REQUIRED, ...OPTIONAL]
    .filter((field) => (address[field]?.length ?? 0) > MAX_LENGTH)
    .map((field) => refuse(field, `at most ${MAX_LENGTH} characters`))
  const country = isCountryCode(address.countryCode)
    ? []
    : [refuse('countryCode', 'an ISO 3166-1 alpha-2 code, such as DE')]
  return [...empty, ...long, ...country]
}
