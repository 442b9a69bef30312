import assert from 'node:assert/strict'
import { test } from 'node:test'
import { serverAudits } from 'graphql-http'
import { startGraph } from './fixtures/graph.ts'
import { startTestRouter } from './fixtures/router.ts'

const graph = await startGraph()
const router = await startTestRouter(graph.supergraphSdl)

// A page of any origin could send these without a preflight: CSRF prevention refuses them.
const FORBIDDEN: readonly string[] = [
  'MAY accept application/x-www-form-urlencoded formatted GET requests',
  'MAY allow URL-encoded JSON string {variables} parameter in GETs when accepting application/graphql-response+json',
  'MAY allow URL-encoded JSON string {variables} parameter in GETs when accepting application/json',
]

const audits = serverAudits({ url: router.url })

test("passes graphql-http's audit of GraphQL over HTTP: all of MUST and SHOULD, and of MAY all but what CSRF prevention forbids", async () => {
  const failed: string[] = []
  for (const audit of audits) {
    const result = await audit.fn()
    if (result.status !== 'ok') failed.push(audit.name)
  }
  assert.deepEqual(failed, FORBIDDEN)
  const count = (level: string) => audits.filter(({ name }) => name.startsWith(level)).length
  assert.deepEqual([count('MUST'), count('SHOULD'), count('MAY')], [13, 23, 25])
})

test('passes those three too where the client shows that it had a preflight', async () => {
  const withPreflight: typeof fetch = (url, init) => {
    const headers = new Headers(init?.headers)
    headers.set('apollo-require-preflight', '1')
    return fetch(url, { ...init, headers })
  }
  for (const audit of serverAudits({ url: router.url, fetchFn: withPreflight })) {
    if (FORBIDDEN.includes(audit.name)) assert.equal((await audit.fn()).status, 'ok', audit.name)
  }
})
