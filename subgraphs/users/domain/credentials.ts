import { type Refusal } from '#platform/kernel/result.ts'

// NIST SP 800-63B-4, 3.1.1.2: length is what counts; rules about kinds of characters make passwords worse.
const MIN_LENGTH = 10
// argon2 reads all of it: a megabyte of password would cost us, not the attacker.
const MAX_LENGTH = 1_000
// RFC 5321, 4.5.3.1: a path has at most 256 octets, brackets included.
const MAX_EMAIL_LENGTH = 254
const EMAIL = /^[^\s@"(),:;<>[\]\\]+@[^\s@.]+(\.[^\s@.]+)+$/

/** An e-mail address as accounts are found by: without blanks around it, in lower case. */
export const normaliseEmail = (email: string): string => email.trim().toLowerCase()

/** What is wrong with a normalised e-mail address. */
export function checkEmail(email: string): Refusal<'INVALID_EMAIL'>[] {
  if (email.length <= MAX_EMAIL_LENGTH && EMAIL.test(email)) return []
  return [
    {
      code: 'INVALID_EMAIL',
      message: 'email: expected an e-mail address, such as ada@example.com',
      path: ['input', 'email'],
    },
  ]
}

/** What is wrong with a new password. `field` is where it came from. */
export function checkPassword(password: string, field: 'password' | 'newPassword'): Refusal<'WEAK_PASSWORD'>[] {
  if (password.length >= MIN_LENGTH && password.length <= MAX_LENGTH) return []
  const message = `${field}: expected ${MIN_LENGTH} to ${MAX_LENGTH} characters, got ${password.length}`
  return [{ code: 'WEAK_PASSWORD', message, path: ['input', field] }]
}
