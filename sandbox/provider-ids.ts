import { randomInt } from 'node:crypto'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** A new id of Stripe's shape, `pi_…`: 24 random letters and digits (142 bits), never mistaken for a card number. */
export const providerId = (prefix: 'pi' | 're'): string =>
  `${prefix}_${Array.from({ length: 24 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')}`
