import { migration } from '#platform/db/migrate.ts'

/** Payments, their refunds, and what people keep to pay with. No card number is in any of them: tokens only. */
export const payments = migration(
  '2026-11-20-payments',
  `
  create table payment (
    id uuid primary key,
    order_id uuid not null,
    user_id uuid not null,
    amount_minor bigint not null check (amount_minor > 0),
    refunded_minor bigint not null default 0 check (refunded_minor between 0 and amount_minor),
    currency text not null,
    status text not null check (status in
      ('PENDING', 'REQUIRES_ACTION', 'COMPLETED', 'FAILED', 'PARTIALLY_REFUNDED', 'REFUNDED', 'DISPUTED')),
    provider text not null,
    provider_reference text,
    method_brand text not null,
    method_last4 text,
    failure_code text,
    next_action_url text,
    idempotency_key text not null,
    input_hash text not null,
    in_flight_until timestamptz,
    due_at timestamptz not null,
    version integer not null default 1,
    reported_version integer not null default 0,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    unique (user_id, idempotency_key),
    check ((status = 'FAILED') = (failure_code is not null)),
    check ((status = 'REQUIRES_ACTION') = (next_action_url is not null)),
    check (status in ('PENDING', 'FAILED') or provider_reference is not null),
    check (status in ('PARTIALLY_REFUNDED', 'REFUNDED', 'DISPUTED') or refunded_minor = 0),
    check ((status = 'REFUNDED') <= (refunded_minor = amount_minor))
  );
  create unique index payment_live_order on payment (order_id)
    where status in ('PENDING', 'REQUIRES_ACTION', 'COMPLETED', 'PARTIALLY_REFUNDED');
  create index payment_order on payment (order_id, id);
  create index payment_unsettled on payment (updated_at) where status in ('PENDING', 'REQUIRES_ACTION');
  create index payment_unreported on payment (updated_at) where reported_version < version;

  create table refund (
    id uuid primary key,
    payment_id uuid not null references payment (id),
    amount_minor bigint not null check (amount_minor > 0),
    currency text not null,
    status text not null check (status in ('PENDING', 'COMPLETED', 'FAILED')),
    reason text,
    provider_reference text,
    requested_by text not null,
    idempotency_key text not null,
    input_hash text not null,
    created_at timestamptz not null,
    settled_at timestamptz,
    unique (requested_by, idempotency_key),
    check ((status = 'PENDING') = (settled_at is null)),
    check ((status = 'COMPLETED') = (provider_reference is not null))
  );
  create index refund_payment on refund (payment_id, id);
  create index refund_unsettled on refund (created_at) where status = 'PENDING';

  create table payment_method (
    id uuid primary key,
    user_id uuid not null,
    provider text not null,
    token text not null,
    brand text not null,
    last4 text check (length(last4) = 4),
    expiry_month integer check (expiry_month between 1 and 12),
    expiry_year integer,
    is_default boolean not null,
    created_at timestamptz not null,
    unique (user_id, provider, token),
    check ((expiry_month is null) = (expiry_year is null))
  );
  create unique index payment_method_default on payment_method (user_id) where is_default;
  `,
)
