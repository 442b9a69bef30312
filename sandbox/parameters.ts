import { z } from 'zod'
import { isCurrency } from '#platform/kernel/currency.ts'
import { type ApiError, badParameter } from './answer.ts'

// Stripe takes up to twelve digits, which is also what keeps an amount from looking like a card number.
const LARGEST_AMOUNT = 999_999_999_999

/** An amount of minor units in a body. */
export const amountParameter = z.int().min(1).max(LARGEST_AMOUNT).transform(BigInt)

/** Fifty strings by name, as Stripe limits them. */
export const metadataParameter = z
  .record(z.string().max(40), z.string().max(500))
  .refine((entries) => Object.keys(entries).length <= 50, 'at most 50 entries')

/** An ISO code in lower case, one of those that the shop prices in. */
export const currencyParameter = z
  .string()
  .refine(
    (code) => code === code.toLowerCase() && isCurrency(code.toUpperCase()),
    'expected a lower-case ISO 4217 code',
  )

/** An address that a browser may be sent to: `javascript:` and the like are refused. */
export const returnUrlParameter = z.url({ protocol: /^https?$/ }).max(2_048)

/** Parses the parameters of a request; 400 names the first that is missing, unknown or wrong, never what it holds. */
export function parseParameters<Type extends z.ZodType>(type: Type, given: unknown): z.output<Type> {
  const parsed = type.safeParse(given)
  if (parsed.success) return parsed.data
  throw explain(parsed.error.issues[0], given)
}

function explain(issue: z.core.$ZodIssue | undefined, given: unknown): ApiError {
  if (issue?.code === 'unrecognized_keys') {
    const name = issue.keys[0] ?? 'unknown'
    return badParameter('parameter_unknown', name, `Received unknown parameter: ${name}`)
  }
  const param = issue?.path.join('.') ?? ''
  const isMissing = issue?.code === 'invalid_type' && holdsNothing(given, issue.path)
  if (isMissing) return badParameter('parameter_missing', param, `Missing required param: ${param}`)
  return badParameter('parameter_invalid', param, `Invalid ${param === '' ? 'body' : param}: ${issue?.message}`)
}

function holdsNothing(given: unknown, path: readonly PropertyKey[]): boolean {
  const [name] = path
  return path.length === 1 && typeof given === 'object' && given !== null && name !== undefined && !(name in given)
}
