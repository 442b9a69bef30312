import { badInput } from '#platform/kernel/errors.ts'

const MAX_NAME_LENGTH = 200
// ITU-T E.164 has 15 digits; people write blanks, brackets and extensions.
const PHONE = /^\+?[\d\s()./-]{3,30}(\s?(x|ext\.?)\s?\d{1,6})?$/i

/** A person's name without blanks around it. Throws BAD_USER_INPUT where nothing, or a novel, is left. */
export function readName(name: string): string {
  const trimmed = name.trim()
  if (trimmed === '' || trimmed.length > MAX_NAME_LENGTH)
    throw badInput('input.name', `1 to ${MAX_NAME_LENGTH} characters`)
  return trimmed
}

/** A telephone number, or null for none. Throws BAD_USER_INPUT where it can't be one. */
export function readPhone(phone: string | null | undefined): string | null {
  const trimmed = phone?.trim() ?? ''
  if (trimmed === '') return null
  if (!PHONE.test(trimmed)) throw badInput('input.phone', 'a telephone number, such as +49 30 901820')
  return trimmed
}
