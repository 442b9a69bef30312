import pg from 'pg'
import type { Subgraph } from '#platform/graphql/define-subgraph.ts'
import { databaseName } from '#platform/db/server.ts'
import { migrateOnly } from '#platform/graphql/migrate-only.ts'
import type { SubgraphName } from '#platform/runtime/names.ts'
import { REGISTRY } from '../../subgraphs/registry.ts'
import { quiet } from './quiet.ts'

// Any number will do that nobody else takes on the database `postgres`: who holds it is the only one that makes templates.
const TEMPLATE_LOCK = 20_261_128

/**
 * Gives subgraphs their databases below `postgresUrl`, as copies of ones that were migrated once for the whole run: a copy
 * costs a fifth of the migrations. That these bring an empty database up to date is tested where they run in earnest.
 */
export async function copyMigrated(postgresUrl: string, names: readonly SubgraphName[]): Promise<void> {
  const server = new URL(postgresUrl)
  server.pathname = '/postgres'
  const client = new pg.Client({ connectionString: server.href })
  await client.connect()
  try {
    for (const name of names) {
      const subgraph = await REGISTRY[name]()
      if (subgraph.definition.persistence !== undefined) await copy(client, subgraph, postgresUrl)
    }
  } finally {
    await client.end()
  }
}

async function copy(client: pg.Client, subgraph: Subgraph, postgresUrl: string): Promise<void> {
  const { name } = subgraph.definition
  const template = pg.escapeIdentifier(await templateOf(client, subgraph, postgresUrl))
  await client.query(`create database ${pg.escapeIdentifier(databaseName(postgresUrl, name))} template ${template}`)
}

async function templateOf(client: pg.Client, subgraph: Subgraph, postgresUrl: string): Promise<string> {
  const { name } = subgraph.definition
  const template = `template_${name}`
  if (await isThere(client, template)) return template
  await client.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK])
  try {
    if (!(await isThere(client, template))) await makeTemplate(client, subgraph, { postgresUrl, template })
  } finally {
    await client.query('select pg_advisory_unlock($1)', [TEMPLATE_LOCK])
  }
  return template
}

async function isThere(client: pg.Client, database: string): Promise<boolean> {
  const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [database])
  return rowCount === 1
}

// Under another name until it is done, so that nobody copies it half made.
async function makeTemplate(
  client: pg.Client,
  subgraph: Subgraph,
  { postgresUrl, template }: { postgresUrl: string; template: string },
): Promise<void> {
  const unfinished = new URL(postgresUrl)
  unfinished.pathname = '/unfinished'
  await migrateOnly(subgraph, { postgresUrl: unfinished.href, log: quiet })
  const from = pg.escapeIdentifier(databaseName(unfinished.href, subgraph.definition.name))
  await client.query(`alter database ${from} rename to ${pg.escapeIdentifier(template)}`)
}
