import { migration } from '#platform/db/migrate.ts'

/**
 * Stock, reservations and the ledger. `available` is in no index, not even in a predicate: every sale changes it, and an
 * update that touches no index stays within its page (HOT); the fill factor leaves room for that.
 */
export const INVENTORY_TABLES = migration(
  '2026-11-20-inventory',
  `
  create table stock_level (
    variant_id uuid primary key,
    on_hand integer not null default 0 check (on_hand >= 0),
    reserved integer not null default 0 check (reserved >= 0),
    available integer generated always as (on_hand - reserved) stored,
    low_stock_threshold integer not null default 0 check (low_stock_threshold >= 0),
    version integer not null default 0 check (version >= 0),
    updated_at timestamptz not null default now(),
    constraint reserved_is_on_hand check (reserved <= on_hand)
  ) with (fillfactor = 60);

  create table reservation (
    order_id uuid primary key,
    status text not null check (status in ('HELD', 'COMMITTED', 'RELEASED', 'EXPIRED')),
    expires_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint only_held_expires check ((status = 'HELD') = (expires_at is not null))
  );
  create index reservation_due on reservation (expires_at) where status = 'HELD';

  create table reservation_line (
    order_id uuid not null references reservation,
    variant_id uuid not null references stock_level,
    quantity integer not null check (quantity > 0),
    primary key (order_id, variant_id)
  );
  create index reservation_line_variant on reservation_line (variant_id);

  create table stock_movement (
    id uuid primary key default uuidv7(),
    variant_id uuid not null references stock_level,
    version integer not null,
    kind text not null check (kind in ('COUNTED', 'ADJUSTED', 'RESERVED', 'COMMITTED', 'RELEASED', 'EXPIRED')),
    on_hand_delta integer not null,
    reserved_delta integer not null,
    order_id uuid,
    reason text,
    created_at timestamptz not null default clock_timestamp(),
    constraint one_movement_a_version unique (variant_id, version),
    constraint order_where_reserved check ((order_id is null) = (kind in ('COUNTED', 'ADJUSTED')))
  );
  `,
)
