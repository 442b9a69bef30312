import { migration } from '#platform/db/migrate.ts'

/** Categories, products with their variants and prices, and what search and sorting need to be fast. */
export const CATALOGUE = migration(
  '2026-11-20-products',
  `
  create extension if not exists pg_trgm;

  create table category (
    id uuid primary key,
    slug text not null constraint category_slug unique,
    name text not null check (name <> ''),
    name_key text collate "C" not null,
    parent_id uuid references category (id),
    check (parent_id <> id)
  );
  create index category_parent_id on category (parent_id);

  create table product (
    id uuid primary key,
    slug text not null constraint product_slug unique,
    name text not null check (name <> ''),
    -- By which names are put in order, the same whatever the server's locale.
    name_key text collate "C" not null,
    description text not null,
    status text not null check (status in ('DRAFT', 'ACTIVE', 'ARCHIVED')),
    category_id uuid references category (id),
    images jsonb not null check (jsonb_typeof(images) = 'array'),
    version int not null check (version > 0),
    -- Name (A), options and SKUs (B), description (C); kept by every change of the product or its variants.
    search tsvector not null default '',
    -- Milliseconds, as a cursor can say them.
    created_at timestamptz(3) not null,
    updated_at timestamptz(3) not null
  );
  create index product_category_id on product (category_id);
  create index product_newest on product (status, created_at desc, id desc);
  create index product_by_name on product (status, name_key, id);
  create index product_search on product using gin (search);

  create table variant (
    id uuid primary key,
    product_id uuid not null references product (id),
    sku text not null constraint variant_sku unique check (sku <> ''),
    name text not null check (name <> ''),
    options jsonb not null check (jsonb_typeof(options) = 'array'),
    image jsonb,
    weight_grams int check (weight_grams >= 0),
    position int not null check (position >= 0),
    version int not null check (version > 0),
    -- Off sale, and kept for the orders that name it.
    removed_at timestamptz(3)
  );
  create index variant_product_id on variant (product_id, position);
  create index variant_options on variant using gin (options jsonb_path_ops);

  create table variant_price (
    variant_id uuid not null references variant (id),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    amount_minor bigint not null check (amount_minor > 0),
    compare_at_minor bigint check (compare_at_minor > amount_minor),
    primary key (variant_id, currency)
  );

  -- The cheapest and the dearest of a product's variants: what lists sort by. Kept in the transaction of every change of prices.
  create table product_price (
    product_id uuid not null references product (id),
    currency text not null,
    min_minor bigint not null,
    max_minor bigint not null check (max_minor >= min_minor),
    primary key (product_id, currency)
  );
  create index product_price_by_min on product_price (currency, min_minor, product_id);

  -- Every word that a product was ever described with: what a mistyped word is compared to.
  create table search_word (word text collate "C" primary key);
  create index search_word_trigrams on search_word using gin (word gin_trgm_ops);

  -- Loads the extension: only then may somebody who is no superuser name its settings.
  select show_trgm('');
  -- Two letters swapped leave a short word few trigrams: the default of 0.3 would miss it. The caller keeps what is one mistake away.
  create function words_like(term text, most int) returns setof text
    language sql stable set pg_trgm.similarity_threshold = 0.1
    as $$ select word from search_word where word % term order by similarity(word, term) desc, word limit most $$;
  `,
)
