import { type MigrationList, migration } from '#platform/db/migrate.ts'

/** The tables of the users subgraph. */
export const migrations: MigrationList = [
  migration(
    '2026-11-20-users',
    `
    create table account (
      id uuid primary key,
      email text not null unique check (email = lower(email)),
      password_hash text not null,
      name text not null,
      phone text,
      role text not null check (role in ('CUSTOMER', 'SUPPORT', 'MERCHANT', 'ADMIN')),
      is_active boolean not null default true,
      created_at timestamptz not null
    );
    create index account_newest on account (created_at desc, id desc);
    create index account_email_prefix on account (email text_pattern_ops);
    create index account_name_prefix on account (lower(name) text_pattern_ops);
    create table session (
      id uuid primary key,
      account_id uuid not null references account (id) on delete cascade,
      created_at timestamptz not null,
      ended_at timestamptz
    );
    create index session_account on session (account_id) where ended_at is null;
    create table refresh_token (
      hash text primary key,
      session_id uuid not null references session (id) on delete cascade,
      issued_at timestamptz not null,
      expires_at timestamptz not null,
      used_at timestamptz
    );
    create index refresh_token_session on refresh_token (session_id);
    create index refresh_token_expiry on refresh_token (expires_at);
    create table saved_address (
      id uuid primary key,
      account_id uuid not null references account (id) on delete cascade,
      address jsonb not null,
      is_default boolean not null,
      created_at timestamptz not null
    );
    create index saved_address_account on saved_address (account_id);
    create unique index saved_address_default on saved_address (account_id) where is_default;
    create table wishlist_entry (
      account_id uuid not null references account (id) on delete cascade,
      product_id uuid not null,
      added_at timestamptz not null,
      primary key (account_id, product_id)
    );
    `,
  ),
]
