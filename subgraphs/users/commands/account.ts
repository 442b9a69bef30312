import { LockMode } from '@mikro-orm/postgresql'
import type { Role } from '#platform/auth/viewer.ts'
import { badInput } from '#platform/kernel/errors.ts'
import { isId } from '#platform/kernel/ids.ts'
import { ok, type Result, refuse } from '#platform/kernel/result.ts'
import type { AccountErrorCode, ChangePasswordInput, UpdateProfileInput } from '../../../.generated/users.ts'
import type { UsersContext } from '../context.ts'
import { checkPassword } from '../domain/credentials.ts'
import { readName, readPhone } from '../domain/profile.ts'
import { Account, type AccountRow } from '../persistence/entities.ts'
import { tooManyAttempts, verifyPassword } from './login.ts'
import { endSessions, revokeNow } from './sessions.ts'

type Changed = Result<AccountRow, AccountErrorCode>

/** Changes name and telephone number; what is left out stays, null clears the number. */
export function updateProfile(context: UsersContext, userId: string, input: UpdateProfileInput): Promise<Changed> {
  if (input.name === null) throw badInput('input.name', 'a name: an account has one')
  return change(context, userId, async (account) => {
    if (input.name !== undefined) account.name = readName(input.name ?? '')
    if (input.phone !== undefined) account.phone = readPhone(input.phone)
  })
}

/** Changes the password and ends every other session; a wrong current one counts as a failed login. */
export async function changePassword(
  context: UsersContext,
  userId: string,
  input: ChangePasswordInput,
): Promise<Changed> {
  const weak = checkPassword(input.newPassword, 'newPassword')
  if (weak.length > 0) return { ok: false, refusals: weak }
  const user = await context.loaders.user.load(userId)
  if (user === null) return unknownUser([])
  const verified = await verifyPassword(context, user.email, input.currentPassword)
  if (verified === 'blocked') return tooManyAttempts()
  if (verified === null)
    return refuse('INVALID_CREDENTIALS', 'currentPassword: it is not the password', ['input', 'currentPassword'])
  const passwordHash = await context.services.passwords.hash(input.newPassword)
  const kept = context.viewer.kind === 'user' ? context.viewer.sessionId : null
  return change(context, userId, async (account) => {
    account.passwordHash = passwordHash
    return { endSessionsExcept: kept }
  })
}

/** Gives a role. Tokens name the role, so the sessions of the old one end. */
export const setUserRole = (context: UsersContext, userId: string, role: Role): Promise<Changed> =>
  change(context, userId, async (account) => {
    if (account.role === role) return undefined
    account.role = role
    return { endSessionsExcept: null }
  })

/** Enables or disables an account; a disabled one's sessions end at once. */
export const setUserActive = (context: UsersContext, userId: string, isActive: boolean): Promise<Changed> =>
  change(context, userId, async (account) => {
    account.isActive = isActive
    return isActive ? undefined : { endSessionsExcept: null }
  })

type Consequence = { endSessionsExcept: string | null } | undefined

async function change(
  context: UsersContext,
  userId: string,
  apply: (account: AccountRow) => Promise<Consequence | void>,
): Promise<Changed> {
  if (!isId(userId)) return unknownUser(['input', 'userId'])
  const outcome = await context.transaction(async (tx) => {
    const account = await tx.em.findOne(Account, userId, { lockMode: LockMode.PESSIMISTIC_WRITE })
    if (account === null) return null
    const consequence = await apply(account)
    await tx.em.flush()
    const ended = consequence ? await endSessions(tx, { accountId: userId, except: consequence.endSessionsExcept }) : []
    return { account, ended }
  })
  if (outcome === null) return unknownUser(['input', 'userId'])
  await revokeNow(context, outcome.ended)
  context.loaders.user.clear(userId)
  return ok(outcome.account)
}

const unknownUser = (path: string[]) => refuse('USER_NOT_FOUND', 'there is no such user', path)
