import { z } from 'zod'
import type { Role } from '#platform/auth/viewer.ts'
import { type Ask, ShopError, userErrors } from '../client/ask.ts'

/** The demo accounts. Their passwords are public: they are for shops that nobody else can reach. */
export const ADMIN = {
  email: 'admin@ecommerce.com',
  password: 'AdminPass123!',
  name: 'Grace Hopper',
  role: 'ADMIN',
} as const
export const CUSTOMER = {
  email: 'demo@ecommerce.com',
  password: 'DemoPass123!',
  name: 'Ada Lovelace',
  role: 'CUSTOMER',
} as const

type DemoAccount = typeof ADMIN | typeof CUSTOMER

const user = z.object({ id: z.string(), email: z.string(), role: z.string() })

/** An account as the shop has it. */
export type AccountFound = z.output<typeof user>

const FIND = `query FindUsers($search: String!) {
  users(first: 100, filter: { search: $search }) { nodes { id email role } }
}`

const REGISTER = `mutation Register($input: RegisterInput!) {
  register(input: $input) { session { user { id email role } } userErrors { code message } }
}`

const SET_ROLE = `mutation SetUserRole($input: SetUserRoleInput!) {
  setUserRole(input: $input) { user { id } userErrors { code message } }
}`

/** The account with exactly this address; undefined where there is none. */
export async function findAccount(ask: Ask, email: string): Promise<AccountFound | undefined> {
  const answer = z.object({ users: z.object({ nodes: z.array(user) }) })
  const { users } = await ask({ document: FIND, variables: { search: email }, answer })
  return users.nodes.find((found) => found.email === email.toLowerCase())
}

/** Makes sure that there is such an account with its role; the password of one that exists stays. True where it was made. */
export async function ensureAccount(ask: Ask, { role, ...account }: DemoAccount): Promise<boolean> {
  const before = await findAccount(ask, account.email)
  const found = before ?? (await register(ask, account))
  if (found.role !== role) await giveRole(ask, found.id, role)
  return before === undefined
}

/** Gives the account a role. */
export async function giveRole(ask: Ask, userId: string, role: Role): Promise<void> {
  const answer = z.object({ setUserRole: z.object({ userErrors }) })
  const { setUserRole } = await ask({ document: SET_ROLE, variables: { input: { userId, role } }, answer })
  const [refused] = setUserRole.userErrors
  if (refused !== undefined) throw new ShopError(`the role was refused: ${refused.message}`)
}

async function register(ask: Ask, input: { email: string; password: string; name: string }): Promise<AccountFound> {
  const session = z.object({ user }).nullable()
  const answer = z.object({ register: z.object({ session, userErrors }) })
  const { register: payload } = await ask({ document: REGISTER, variables: { input }, answer })
  if (payload.session !== null) return payload.session.user
  // Somebody else registered it meanwhile: another seed, or the last request of one that was interrupted.
  const there = await findAccount(ask, input.email)
  if (there !== undefined) return there
  throw new ShopError(`${input.email} could not be registered: ${payload.userErrors[0]?.message}`)
}
