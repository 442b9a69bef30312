import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { buildSchema } from 'graphql'
import { readExampleOperations } from '../../cli/collection/example-operations.ts'
import { MANIFEST_FILE, renderManifest } from '../../cli/documents/render-manifest.ts'
import { readManifests } from '../../router/documents/manifest.ts'

test('examples/persisted-documents.json lists every operation of examples/operations as it is', () => {
  assert.equal(
    readFileSync(MANIFEST_FILE, 'utf8'),
    renderManifest(),
    'run `npm run documents` and commit what it writes',
  )
})

test('the router takes it for its own graph', async () => {
  const api = buildSchema(readFileSync(new URL('../../schema/api.graphql', import.meta.url), 'utf8'))
  const { byId } = await readManifests([fileURLToPath(MANIFEST_FILE)], api)
  assert.equal(byId.size, readExampleOperations().length)
})
