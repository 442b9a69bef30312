/** The tables of the sandbox. Position is version: only ever append. */
export const MIGRATIONS: readonly string[] = [
  `
  create table payment_intents (
    id text primary key,
    amount bigint not null check (amount > 0),
    currency text not null,
    status text not null check (status in ('succeeded', 'requires_action', 'requires_payment_method', 'canceled')),
    payment_method text not null,
    return_url text,
    last_payment_error jsonb,
    amount_captured bigint not null default 0 check (amount_captured in (0, amount)),
    amount_refunded bigint not null default 0 check (amount_refunded between 0 and amount_captured),
    metadata jsonb not null,
    created_at timestamptz not null default clock_timestamp(),
    check ((status = 'succeeded') = (amount_captured > 0))
  );
  create index payment_intents_payment_id on payment_intents ((metadata ->> 'payment_id'));
  create index payment_intents_order_id on payment_intents ((metadata ->> 'order_id'));

  create table refunds (
    id text primary key,
    payment_intent text not null references payment_intents,
    amount bigint not null check (amount > 0),
    currency text not null,
    metadata jsonb not null,
    created_at timestamptz not null default clock_timestamp()
  );
  create index refunds_payment_intent on refunds (payment_intent);

  create table idempotency_keys (
    key text primary key,
    request_hash text not null,
    status integer not null,
    body text not null,
    created_at timestamptz not null default clock_timestamp()
  );
  `,
]
