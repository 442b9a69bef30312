import { UniqueConstraintViolationException } from '@mikro-orm/postgresql'
import { messageOf } from '#platform/kernel/errors.ts'
import { newId } from '#platform/kernel/ids.ts'
import { ok, type Refusal, type Result, refuse } from '#platform/kernel/result.ts'
import type { AccountErrorCode, RegisterInput } from '../../../.generated/users.ts'
import type { UsersContext } from '../context.ts'
import { checkEmail, checkPassword, normaliseEmail } from '../domain/credentials.ts'
import { readName, readPhone } from '../domain/profile.ts'
import { Account } from '../persistence/entities.ts'
import type { UserRow } from '../persistence/rows.ts'
import { type OpenSession, openSession } from './sessions.ts'

/** Creates an account and signs it in; the guest's cart comes along where it can. */
export async function register(
  context: UsersContext,
  input: RegisterInput,
): Promise<Result<OpenSession, AccountErrorCode>> {
  const email = normaliseEmail(input.email)
  const refusals: Refusal<AccountErrorCode>[] = [...checkEmail(email), ...checkPassword(input.password, 'password')]
  if (refusals.length > 0) return { ok: false, refusals }
  const user: UserRow = {
    id: newId(),
    email,
    name: readName(input.name),
    phone: readPhone(input.phone),
    role: 'CUSTOMER',
    isActive: true,
    createdAt: new Date(),
  }
  const passwordHash = await context.services.passwords.hash(input.password)
  const session = await insert(context, user, passwordHash)
  if (session === null) return refuse('EMAIL_TAKEN', `email: ${email} has an account already`, ['input', 'email'])
  await keepCart(context, user.id, input.cartId)
  return ok(session)
}

/** Merges the guest's cart into the person's. One that is gone or out of reach does not refuse the sign-in. */
export async function keepCart(
  context: UsersContext,
  userId: string,
  cartId: string | null | undefined,
): Promise<void> {
  if (cartId === null || cartId === undefined) return
  try {
    const refused = await context.services.carts.claim(cartId, { userId, requestId: context.requestId })
    if (refused.length > 0) context.log.info({ refused }, 'a guest’s cart was not kept')
  } catch (error) {
    context.log.warn({ reason: messageOf(error) }, 'a guest’s cart could not be kept')
  }
}

/** Null where the address has an account: the unique index decides, however many try at once. */
async function insert(context: UsersContext, user: UserRow, passwordHash: string): Promise<OpenSession | null> {
  try {
    return await context.transaction(async (tx) => {
      tx.em.create(Account, { ...user, passwordHash }, { persist: true })
      await tx.em.flush()
      tx.stageEvent({ type: 'user.registered', subject: user.id, data: {} })
      return openSession(tx, context, user)
    })
  } catch (error) {
    if (error instanceof UniqueConstraintViolationException) return null
    throw error
  }
}
