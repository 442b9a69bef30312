import { sql } from 'kysely'
import type { Transaction } from '../db/transaction.ts'

/** Whether this event comes for the first time; remembers it within the transaction of its effect. One statement. */
export async function isFirstDelivery(tx: Transaction, eventId: string): Promise<boolean> {
  const { rows } =
    await sql`insert into inbox (event_id) values (${eventId}) on conflict do nothing returning event_id`.execute(
      tx.sql,
    )
  return rows.length === 1
}
