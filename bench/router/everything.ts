import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startEmbeddedRedis } from '#platform/embedded/redis.ts'
import { answerJson, close, listen } from '#platform/runtime/http.ts'
import type { Running } from '#platform/runtime/lifecycle.ts'
import { createLogger } from '#platform/runtime/logger.ts'
import { sha256 } from '../../router/documents/manifest.ts'
import { serveIdentities } from '../subscriptions/identities.ts'
import { everythingSdl, SCOPES } from './graph/everything.ts'
import { OPERATIONS } from './graph/operations.ts'
import { composeSupergraph } from './graph/supergraph.ts'

/** What a router needs around it that has all of it on. */
export type Everything = {
  supergraphFile: string
  manifestFile: string
  usageFolder: string
  redisUrl: string
  jwksUrl: string
  otlpUrl: string
  /** An access token that may see all. */
  token: string
}

/** Starts a Redis, an issuer of tokens and a collector of spans; its files are in `folder`, its subgraphs at `origin`. */
export async function startEverything(folder: string, origin: string): Promise<Everything & Running> {
  const supergraphFile = join(folder, 'supergraph-everything.graphql')
  const manifestFile = join(folder, 'manifest.json')
  await writeFile(supergraphFile, composeSupergraph(origin, everythingSdl()))
  await writeFile(manifestFile, JSON.stringify(manifest()))
  const redis = await startEmbeddedRedis({ log: createLogger({ service: 'bench', level: 'warn' }) })
  const identities = await serveIdentities(SCOPES)
  const collector = await startCollector()
  const [token = ''] = identities.tokens(1)
  return {
    supergraphFile,
    manifestFile,
    usageFolder: join(folder, 'usage'),
    redisUrl: redis.url,
    jwksUrl: identities.jwksUrl,
    otlpUrl: collector.url,
    token,
    stop: async () => void (await Promise.all([redis.stop(), identities.stop(), collector.stop()])),
  }
}

/** All that is measured, as persisted documents. */
function manifest() {
  const operations = Object.entries(OPERATIONS).map(([name, { query }]) => ({
    id: sha256(query),
    name,
    type: 'query',
    body: query,
  }))
  return { format: 'apollo-persisted-query-manifest', version: 1, operations }
}

/** Takes spans, and looks at none of them. */
async function startCollector(): Promise<Running & { url: string }> {
  const { server, url } = await listen(
    {
      paths: {},
      otherwise: (request, response) => {
        request.resume().once('end', () => answerJson(response, 200, {}))
      },
    },
    { host: '127.0.0.1', port: 0 },
  )
  return { url, stop: () => close(server) }
}
