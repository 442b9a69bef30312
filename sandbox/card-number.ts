// Hexadecimal ids may hold long runs of digits that pass Luhn by chance; about one UUID in a thousand would be refused.
const UUIDS = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi

// Digits in groups, as people and forms write them: "4242 4242 4242 4242", "4242-4242…", "4242.4242…".
const DIGIT_GROUPS = /\d+(?:[\s.-]\d+)*/g

// ISO/IEC 7812: up to 19 digits; the shortest numbers in use have 13.
const SHORTEST = 13
const LONGEST = 19

/**
 * Whether `text` holds anything that looks like a card number: 13 to 19 digits that satisfy Luhn, in one piece or in groups.
 * What starts with 0 or 1 doesn't count: no card of a consumer does, but times in milliseconds do.
 */
export const holdsCardNumber = (text: string): boolean =>
  (text.replace(UUIDS, '#').match(DIGIT_GROUPS) ?? []).some((run) => hasCardAmong(run.split(/[\s.-]/)))

function hasCardAmong(groups: readonly string[]): boolean {
  return groups.some((_, first) => {
    let digits = ''
    return groups.slice(first).some((group) => {
      digits = digits.length > LONGEST ? digits : digits + group
      return isCardNumber(digits)
    })
  })
}

const isCardNumber = (digits: string): boolean =>
  digits.length >= SHORTEST && digits.length <= LONGEST && digits >= '2' && satisfiesLuhn(digits)

// ISO/IEC 7812-1, annex B.
function satisfiesLuhn(digits: string): boolean {
  let sum = 0
  for (const [index, digit] of [...digits].reverse().entries()) {
    const value = Number(digit) * (index % 2 === 0 ? 1 : 2)
    sum += value > 9 ? value - 9 : value
  }
  return sum % 10 === 0
}
