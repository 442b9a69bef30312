import { GraphRequestError } from './errors.ts'

/** What every payload of a mutation has: what was refused, for a reason that the person can act on. */
export type Payload = { readonly userErrors: readonly { readonly message: string }[] }

/** The answer to a mutation with one root field. */
export type MutationData = Readonly<Record<string, Payload | null>>

/** The payload of a mutation's root field. */
export type PayloadOf<Data extends MutationData> = NonNullable<Data[keyof Data]>

/** What came of a mutation: done, or refused with at least one reason. A refusal's payload may hold something too, such as an order whose payment was declined. */
export type Outcome<Of extends Payload> =
  | { readonly ok: true; readonly payload: Of }
  | { readonly ok: false; readonly payload: Of; readonly userErrors: Of['userErrors'] }

/** The outcome in a mutation's data. Throws where there is no payload: an error says why. */
export function outcomeOf<Data extends MutationData>(data: Data): Outcome<PayloadOf<Data>> {
  const [payload, ...others] = Object.values(data)
  if (others.length > 0)
    throw new TypeError(`expected a mutation with one root field, got ${Object.keys(data).join(', ')}`)
  if (payload === undefined || payload === null) throw new GraphRequestError({ errors: [], data })
  const known = payload as PayloadOf<Data>
  return known.userErrors.length === 0
    ? { ok: true, payload: known }
    : { ok: false, payload: known, userErrors: known.userErrors }
}
