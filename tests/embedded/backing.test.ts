import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Redis } from 'ioredis'
import { Client } from 'pg'
import { freshDatabasePrefix, useBacking } from '../support/backing.ts'

const backing = await useBacking()

const query = async (url: string, sql: string) => {
  const client = new Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query(sql)
  await client.end()
  return rows
}

const withDatabase = (url: string, name: string) => url.replace(/\/[^/]*$/, `/${name}`)

test('a test file has a PostgreSQL and a Redis that answer', async () => {
  assert.deepEqual(await query(withDatabase(backing.postgresUrl, 'postgres'), 'SELECT 1 AS one'), [{ one: 1 }])
  const redis = new Redis(backing.redisUrl)
  assert.equal(await redis.ping(), 'PONG')
  redis.disconnect()
})

test('dropping a prefix removes its databases, connected clients or not, and nobody else’s', async () => {
  const mine = await freshDatabasePrefix()
  const server = withDatabase(mine.postgresUrl, 'postgres')
  const name = `${new URL(mine.postgresUrl).pathname.slice(1)}_users`
  await query(server, `CREATE DATABASE ${name}`)
  const lingering = new Client({ connectionString: withDatabase(mine.postgresUrl, name) })
  lingering.on('error', () => undefined)
  await lingering.connect()
  await mine.drop()
  const left = await query(server, 'SELECT datname FROM pg_database')
  assert.ok(!left.some((row) => row.datname === name))
  assert.ok(left.some((row) => row.datname === 'postgres'))
})
