import { sql } from 'kysely'
import type { Transaction } from '#platform/db/transaction.ts'
import { badInput } from '#platform/kernel/errors.ts'
import { isId, newId } from '#platform/kernel/ids.ts'
import { PaymentMethod, type PaymentMethodRow } from '../persistence/entities.ts'
import { findMethodsOf } from '../persistence/queries.ts'
import type { MethodDescription } from '../provider/provider.ts'
import { type MethodAnswer, refusal, refusedMethod } from './answer.ts'
import { describeToken } from './payment-source.ts'
import { refuseCardNumbers } from './read-input.ts'
import type { Work } from './work.ts'

// More cards than anybody has, few enough to be read at once.
const MOST_METHODS = 50

/** Keeps a token for later, with what the provider says of it. The same token again: the same method. The first is the default. */
export async function savePaymentMethod(
  work: Work,
  userId: string,
  input: { token: string; makeDefault: boolean },
): Promise<MethodAnswer> {
  const cardNumber = refuseCardNumbers(input)
  if (cardNumber !== null) return refusedMethod(cardNumber)
  const described = await describeToken(work, input.token, work.deadline(), ['input', 'token'])
  if (!described.ok) return refusedMethod(...described.refusals)
  const paymentMethod = await changeMethods(work, userId, async (tx, saved) => {
    const known = saved.find(({ token }) => token === input.token)
    const method = known ?? keep(tx, { userId, provider: work.provider.name, ...described.value }, saved)
    if (input.makeDefault || saved.length === 0) await makeDefault(tx, method, saved)
    return method
  })
  return { paymentMethod, userErrors: [] }
}

/** Forgets a method; where it was the default, the newest of the others becomes it. */
export const removePaymentMethod = (work: Work, userId: string, id: string): Promise<MethodAnswer> =>
  changeOne(work, userId, id, async (tx, method, others) => {
    await tx.em.remove(method).flush()
    const [newest] = others
    if (method.isDefault && newest !== undefined) newest.isDefault = true
  })

/** Makes a method the default. Again: no change. */
export const setDefaultPaymentMethod = (work: Work, userId: string, id: string): Promise<MethodAnswer> =>
  changeOne(work, userId, id, makeDefault)

type Change = (tx: Transaction, method: PaymentMethodRow, others: PaymentMethodRow[]) => Promise<void>

async function changeOne(work: Work, userId: string, id: string, change: Change): Promise<MethodAnswer> {
  const notFound = refusedMethod(refusal('PAYMENT_METHOD_NOT_FOUND', 'there is no such saved method', ['input', 'id']))
  if (!isId(id)) return notFound
  return changeMethods(work, userId, async (tx, saved) => {
    const method = saved.find((one) => one.id === id)
    if (method === undefined) return notFound
    await change(
      tx,
      method,
      saved.filter((one) => one !== method),
    )
    return { paymentMethod: method, userErrors: [] }
  })
}

/** One change at a time for each person, so that one method is the default, and only one. */
const changeMethods = <T>(
  work: Work,
  userId: string,
  change: (tx: Transaction, saved: PaymentMethodRow[]) => Promise<T>,
): Promise<T> =>
  work.transaction(async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${userId}, 0))`.execute(tx.sql)
    return change(tx, await findMethodsOf(tx.em, [userId]))
  })

function keep(
  tx: Transaction,
  described: MethodDescription & { userId: string; provider: string; token: string },
  saved: readonly PaymentMethodRow[],
): PaymentMethodRow {
  if (saved.length >= MOST_METHODS) throw badInput('token', `at most ${MOST_METHODS} saved methods; remove one first`)
  const method = tx.em.create(PaymentMethod, { id: newId(), ...described, isDefault: false, createdAt: new Date() })
  tx.em.persist(method)
  return method
}

/** The old default first: the index that allows only one is checked at every statement. */
async function makeDefault(
  tx: Transaction,
  method: PaymentMethodRow,
  others: readonly PaymentMethodRow[],
): Promise<void> {
  for (const other of others) if (other !== method) other.isDefault = false
  await tx.em.flush()
  method.isDefault = true
}
