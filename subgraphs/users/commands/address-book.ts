import { LockMode } from '@mikro-orm/postgresql'
import { sql } from 'kysely'
import type { Transaction } from '#platform/db/transaction.ts'
import { isId, newId } from '#platform/kernel/ids.ts'
import {
  checkAddress,
  normaliseAddress,
  type PostalAddress,
  type PostalAddressInput,
} from '#platform/kernel/postal-address.ts'
import { ok, type Result, refuse } from '#platform/kernel/result.ts'
import type { AccountErrorCode } from '../../../.generated/users.ts'
import type { UsersContext } from '../context.ts'
import { Account, SavedAddress, type SavedAddressEntity } from '../persistence/entities.ts'
import { findAddresses } from '../persistence/queries.ts'
import type { SavedAddressRow } from '../persistence/rows.ts'

const MAX_ADDRESSES = 50

type Saved = Result<SavedAddressRow, AccountErrorCode>

/** Adds to the person's address book; the first address is the default one. */
export async function addAddress(
  context: UsersContext,
  userId: string,
  input: { address: PostalAddressInput; makeDefault: boolean },
): Promise<Saved> {
  const address = normaliseAddress(input.address)
  const refusals = checkAddress(address, ['input', 'address'])
  if (refusals.length > 0) return { ok: false, refusals }
  return inBook(context, userId, async (tx) => {
    const count = (await findAddresses(tx.sql, [userId])).length
    if (count >= MAX_ADDRESSES)
      return refuse('LIMIT_REACHED', `an address book holds at most ${MAX_ADDRESSES} addresses`)
    const saved = { id: newId(), accountId: userId, address, isDefault: false, createdAt: new Date() }
    const entity = tx.em.create(SavedAddress, saved, { persist: true })
    await tx.em.flush()
    if (input.makeDefault || count === 0) await makeDefault(tx, entity)
    return ok(toRow(entity))
  })
}

/** Replaces one address. */
export async function updateAddress(
  context: UsersContext,
  userId: string,
  input: { id: string; address: PostalAddressInput },
): Promise<Saved> {
  const address: PostalAddress = normaliseAddress(input.address)
  const refusals = checkAddress(address, ['input', 'address'])
  if (refusals.length > 0) return { ok: false, refusals }
  return withAddress(context, { userId, id: input.id }, async (_tx, entity) => {
    entity.address = address
  })
}

/** Removes one address; if it was the default one, the oldest left takes its place. */
export const removeAddress = (context: UsersContext, userId: string, id: string): Promise<Saved> =>
  withAddress(context, { userId, id }, async (tx, entity) => {
    tx.em.remove(entity)
    await tx.em.flush()
    const [oldest] = await tx.em.find(
      SavedAddress,
      { accountId: userId },
      { orderBy: { createdAt: 'asc', id: 'asc' }, limit: 1 },
    )
    if (entity.isDefault && oldest !== undefined) await makeDefault(tx, oldest)
  })

/** Makes one address the default; again: no change. */
export const setDefaultAddress = (context: UsersContext, userId: string, id: string): Promise<Saved> =>
  withAddress(context, { userId, id }, makeDefault)

async function withAddress(
  context: UsersContext,
  which: { userId: string; id: string },
  work: (tx: Transaction, entity: SavedAddressEntity) => Promise<void>,
): Promise<Saved> {
  const unknown = refuse('ADDRESS_NOT_FOUND', 'there is no such address in your address book', ['input', 'id'])
  if (!isId(which.id)) return unknown
  return inBook(context, which.userId, async (tx) => {
    const entity = await tx.em.findOne(SavedAddress, { id: which.id, accountId: which.userId })
    if (entity === null) return unknown
    await work(tx, entity)
    return ok(toRow(entity))
  })
}

/** One change at a time to one person's book: the limit and the one default hold under concurrency. */
function inBook(context: UsersContext, userId: string, work: (tx: Transaction) => Promise<Saved>): Promise<Saved> {
  context.loaders.addresses.clear(userId)
  return context.transaction(async (tx) => {
    const owner = await tx.em.findOne(Account, userId, { lockMode: LockMode.PESSIMISTIC_WRITE })
    if (owner === null) return refuse('USER_NOT_FOUND', 'there is no such user', [])
    return work(tx)
  })
}

// Two statements in this order, since the unique index allows one default at any moment.
async function makeDefault(tx: Transaction, entity: SavedAddressEntity): Promise<void> {
  await sql`update saved_address set is_default = false where account_id = ${entity.accountId} and is_default`.execute(
    tx.sql,
  )
  await sql`update saved_address set is_default = true where id = ${entity.id}`.execute(tx.sql)
  entity.isDefault = true
}

const toRow = ({ id, accountId, address, isDefault }: SavedAddressEntity): SavedAddressRow => ({
  id,
  userId: accountId,
  address,
  isDefault,
})
