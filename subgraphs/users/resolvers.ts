import { z } from 'zod'
import { hasScope, personOf } from '#platform/auth/viewer.ts'
import { decodeCursor, readFirst, toConnection } from '#platform/graphql/connections.ts'
import { CallerError } from '#platform/kernel/errors.ts'
import type { Refusal, Result } from '#platform/kernel/result.ts'
import type { AccountErrorCode, QueryResolvers, Resolvers } from '../../.generated/users.ts'
import * as account from './commands/account.ts'
import * as addressBook from './commands/address-book.ts'
import { login } from './commands/login.ts'
import { logout, refreshSession } from './commands/refresh-session.ts'
import { register } from './commands/register.ts'
import type { OpenSession } from './commands/sessions.ts'
import { addToWishlist, removeFromWishlist } from './commands/wishlist.ts'
import type { UsersContext } from './context.ts'
import { countUsers, listUsers } from './persistence/queries.ts'
import type { UserRow } from './persistence/rows.ts'

const cursorSchema = z.tuple([z.iso.datetime(), z.uuid()])

const listPage: QueryResolvers<UsersContext>['users'] = async (_parent, { first, after, filter }, context) => {
  const limit = readFirst(first)
  const search = {
    search: filter?.search?.trim() || null,
    role: filter?.role ?? null,
    isActive: filter?.isActive ?? null,
  }
  const rows = await listUsers(context.sql, search, { limit: limit + 1, after: decodeCursor(after, cursorSchema) })
  const connection = toConnection(rows, { first, after }, (user) => [user.createdAt, user.id])
  return { ...connection, countAll: () => countUsers(context.sql, search) }
}

/** Maps the contract of users.graphql to commands and loaders. */
export const resolvers: Resolvers<UsersContext> = {
  Query: {
    me: (_parent, _args, context) => loadPerson(context),
    user: (_parent, { id }, { loaders }) => loaders.user.load(id),
    users: listPage,
  },
  Mutation: {
    register: async (_parent, { input }, context) => toSession(await register(context, input)),
    login: async (_parent, { input }, context) => toSession(await login(context, input)),
    refreshSession: async (_parent, { input }, context) => toSession(await refreshSession(context, input.refreshToken)),
    logout: async (_parent, { input }, context) => {
      await logout(context, input.refreshToken)
      return { userErrors: [] }
    },
    updateProfile: async (_parent, { input }, context) =>
      toUser(await account.updateProfile(context, person(context), input)),
    changePassword: async (_parent, { input }, context) =>
      toUser(await account.changePassword(context, person(context), input)),
    setUserRole: async (_parent, { input }, context) =>
      toUser(await account.setUserRole(context, input.userId, input.role)),
    setUserActive: async (_parent, { input }, context) =>
      toUser(await account.setUserActive(context, input.userId, input.isActive)),
    addAddress: (_parent, { input }, context) =>
      toAddress(
        context,
        addressBook.addAddress(context, person(context), { ...input, makeDefault: input.makeDefault ?? false }),
      ),
    updateAddress: (_parent, { input }, context) =>
      toAddress(context, addressBook.updateAddress(context, person(context), input)),
    removeAddress: (_parent, { input }, context) =>
      toAddress(context, addressBook.removeAddress(context, person(context), input.id)),
    setDefaultAddress: (_parent, { input }, context) =>
      toAddress(context, addressBook.setDefaultAddress(context, person(context), input.id)),
    addToWishlist: async (_parent, { input }, context) => {
      const result = await addToWishlist(context, person(context), input.productId)
      return { user: await loadPerson(context), userErrors: errorsOf(result) }
    },
    removeFromWishlist: async (_parent, { input }, context) => {
      await removeFromWishlist(context, person(context), input.productId)
      return { user: await loadPerson(context), userErrors: [] }
    },
  },
  User: {
    __resolveReference: ({ id }, { viewer, loaders }) =>
      personOf(viewer) === id || hasScope(viewer, 'users:read') || viewer.kind === 'service'
        ? loaders.user.load(id)
        : null,
    addresses: ({ id }, _args, { loaders }) => loaders.addresses.load(id),
    defaultAddress: async ({ id }, _args, { loaders }) =>
      (await loaders.addresses.load(id)).find((entry) => entry.isDefault) ?? null,
    wishlist: ({ id }, _args, { loaders }) => loaders.wishlist.load(id),
  },
  WishlistItem: { product: ({ productId }) => ({ id: productId }) },
  UserConnection: { totalCount: ({ countAll }) => countAll() },
}

/** The person who asks; the platform's guard has made sure that there is one. */
function person({ viewer }: UsersContext): string {
  const id = personOf(viewer)
  if (id === null) throw new CallerError('UNAUTHENTICATED', 'a signed-in user is needed')
  return id
}

function loadPerson({ viewer, loaders }: UsersContext): Promise<UserRow | null> | null {
  const id = personOf(viewer)
  return id === null ? null : loaders.user.load(id)
}

const toSession = (result: Result<OpenSession, AccountErrorCode>) => ({
  session: result.ok ? result.value : null,
  userErrors: errorsOf(result),
})

const toUser = (result: Result<UserRow, AccountErrorCode>) => ({
  user: result.ok ? result.value : null,
  userErrors: errorsOf(result),
})

async function toAddress(context: UsersContext, saving: ReturnType<typeof addressBook.addAddress>) {
  const result = await saving
  return { user: await loadPerson(context), address: result.ok ? result.value : null, userErrors: errorsOf(result) }
}

function errorsOf(
  result: Result<unknown, AccountErrorCode>,
): { code: AccountErrorCode; message: string; path: string[] }[] {
  return result.ok
    ? []
    : result.refusals.map(({ code, message, path }: Refusal<AccountErrorCode>) => ({ code, message, path: [...path] }))
}
