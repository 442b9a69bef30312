import { ok, type Result, refuse } from '#platform/kernel/result.ts'
import type { AccountErrorCode, LoginInput } from '../../../.generated/users.ts'
import type { UsersContext } from '../context.ts'
import { normaliseEmail } from '../domain/credentials.ts'
import { Account, type AccountRow } from '../persistence/entities.ts'
import { keepCart } from './register.ts'
import { type OpenSession, openSession } from './sessions.ts'

/** Signs a person in; the guest's cart comes along where it can. */
export async function login(context: UsersContext, input: LoginInput): Promise<Result<OpenSession, AccountErrorCode>> {
  const email = normaliseEmail(input.email)
  const verified = await verifyPassword(context, email, input.password)
  if (verified === 'blocked') return tooManyAttempts()
  if (verified === null) return refuse('INVALID_CREDENTIALS', 'e-mail address and password do not belong together')
  if (!verified.isActive) return refuse('ACCOUNT_DISABLED', 'this account is disabled')
  const session = await context.transaction((tx) => openSession(tx, context, verified))
  await keepCart(context, verified.id, input.cartId)
  return ok(session)
}

/** The account whose password it is, null for none; `blocked` after too many failures, right or wrong. */
export async function verifyPassword(
  context: UsersContext,
  email: string,
  password: string,
): Promise<AccountRow | null | 'blocked'> {
  const { services, runtime, clientAddress } = context
  const outcome = await services.loginLimiter.guard({ email, clientAddress }, async () => {
    const account = await runtime.database.fork().findOne(Account, { email })
    const isMatch = await services.passwords.matches(account?.passwordHash ?? null, password)
    return { isFailure: !isMatch, value: { account: isMatch ? account : null } }
  })
  return outcome === null ? 'blocked' : outcome.account
}

/** The refusal after too many failed logins. */
export const tooManyAttempts = () =>
  refuse('TOO_MANY_ATTEMPTS', 'too many failed attempts; try again in a quarter of an hour')
