import { migration, type MigrationList } from '#platform/db/migrate.ts'

/** The tables of the orders subgraph. */
export const migrations: MigrationList = [
  migration(
    '2026-11-20-1-orders',
    `
    create sequence order_number;

    create table customer_order (
      id uuid primary key,
      number text not null unique,
      user_id uuid not null,
      idempotency_key text not null,
      input_hash text not null,
      status text not null check (status in ('PENDING', 'CONFIRMED', 'SHIPPED', 'DELIVERED', 'CANCELLED', 'REFUNDED')),
      currency text not null check (currency ~ '^[A-Z]{3}$'),
      subtotal_minor bigint not null check (subtotal_minor >= 0),
      shipping_minor bigint not null check (shipping_minor >= 0),
      tax_minor bigint not null check (tax_minor >= 0),
      total_minor bigint not null check (total_minor >= 0),
      paid_minor bigint not null check (paid_minor >= 0),
      refunded_minor bigint not null check (refunded_minor between 0 and paid_minor),
      shipping_option_id text not null,
      shipping_address jsonb not null,
      cart_id text not null,
      cart_version int not null,
      reached text not null check (reached in ('PLACED', 'RESERVED', 'CHARGED', 'CONFIRMED', 'SETTLED')),
      payment_source jsonb,
      paid_by text,
      outcome jsonb,
      payment_due_at timestamptz not null,
      version int not null check (version > 0),
      created_at timestamptz not null,
      updated_at timestamptz not null,
      unique (user_id, idempotency_key),
      check (status in ('PENDING', 'CANCELLED') or paid_by is not null)
    );
    create index customer_order_of_user on customer_order (user_id, id desc);
    create index customer_order_by_status on customer_order (status, id desc);
    create index customer_order_by_time on customer_order (created_at);
    create index customer_order_of_cart on customer_order (cart_id, id desc);
    create index customer_order_unsettled on customer_order (updated_at) where reached <> 'SETTLED' and status <> 'CANCELLED';
    -- Placements of one cart take turns already; this is what they promise.
    create unique index one_pending_order_per_cart on customer_order (cart_id) where status = 'PENDING';

    create table order_line (
      id uuid primary key,
      order_id uuid not null references customer_order,
      position int not null,
      variant_id uuid not null,
      product_id uuid not null,
      sku text not null,
      product_name text not null,
      variant_name text not null,
      quantity int not null check (quantity > 0),
      refunded_quantity int not null check (refunded_quantity between 0 and quantity),
      unit_price_minor bigint not null check (unit_price_minor >= 0),
      currency text not null,
      unique (order_id, position)
    );

    create table status_change (
      id uuid primary key,
      order_id uuid not null references customer_order,
      version int not null,
      status text not null,
      reason text not null,
      note text,
      at timestamptz not null,
      unique (order_id, version)
    );

    create table shipment (
      id uuid primary key,
      order_id uuid not null references customer_order,
      carrier text,
      tracking_number text,
      tracking_url text,
      shipped_at timestamptz not null,
      delivered_at timestamptz check (delivered_at >= shipped_at)
    );
    create index shipment_of_order on shipment (order_id);

    create table order_payment (
      payment_id text primary key,
      order_id uuid not null references customer_order,
      version int not null,
      currency text not null,
      captured_minor bigint not null check (captured_minor >= 0),
      refunded_minor bigint not null check (refunded_minor between 0 and captured_minor)
    );
    create index order_payment_of_order on order_payment (order_id);

    create table order_refund (
      id uuid primary key,
      order_id uuid not null references customer_order,
      idempotency_key text not null,
      input_hash text not null,
      amount_minor bigint not null check (amount_minor > 0),
      currency text not null,
      lines jsonb not null,
      reason text,
      status text not null check (status in ('ASKED', 'MADE', 'REFUSED')),
      created_at timestamptz not null,
      unique (order_id, idempotency_key)
    );
    `,
  ),
]
