// Hexadecimal ids hold long runs of digits that pass Luhn by chance; about one key in a few hundred would be refused.
const UUIDS = /\b[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\b/gi
// Digits in one piece, or in groups as people and forms write them: "4242 4242 4242 4242", "4242-4242-…", "4242.4242.…".
const DIGIT_GROUPS = /\d+(?:[\s.\-_‐-―]+\d+)*/g
const SEPARATORS = /[\s.\-_‐-―]+/
// ISO/IEC 7812-1: at most 19 digits; Maestro issues them from 12 on.
const SHORTEST = 12
const LONGEST = 19

/**
 * Where in `input` (JSON) something looks like a card number: its path, or null. Nothing of what was found is in the answer,
 * so that it can be told and logged.
 */
export function findCardNumber(input: unknown): string[] | null {
  if (typeof input === 'string') return looksLikeCardNumber(input) ? [] : null
  if (input === null || typeof input !== 'object') return null
  for (const [key, value] of Object.entries(input)) {
    const found = findCardNumber(value)
    if (found !== null) return [key, ...found]
  }
  return null
}

/**
 * Whether `text` holds 12 to 19 digits, in one piece or in groups, that satisfy Luhn. Numbers that begin with 0 or 1 do not
 * count: no bank issues them (ISO/IEC 7812-1, "major industry identifier"), but times in milliseconds look like that.
 */
export const looksLikeCardNumber = (text: string): boolean =>
  (text.normalize('NFKC').replace(UUIDS, '#').match(DIGIT_GROUPS) ?? []).some((run) => holdsCard(run.split(SEPARATORS)))

/** Whether `digits` ends in the right check digit. ISO/IEC 7812-1, annex B. */
export function satisfiesLuhn(digits: string): boolean {
  let sum = 0
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index])
    const weighted = index % 2 === 0 ? digit : digit * 2
    sum += weighted > 9 ? weighted - 9 : weighted
  }
  return sum % 10 === 0
}

/** Whether some groups that follow one another make a card number. */
function holdsCard(groups: readonly string[]): boolean {
  return groups.some((_, start) => {
    let digits = ''
    for (let end = start; end < groups.length && digits.length <= LONGEST; end += 1) {
      digits += groups[end]
      if (isCardNumber(digits)) return true
    }
    return false
  })
}

const isCardNumber = (digits: string): boolean =>
  digits.length >= SHORTEST && digits.length <= LONGEST && digits >= '2' && satisfiesLuhn(digits)
