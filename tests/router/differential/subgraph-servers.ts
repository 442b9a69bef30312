import { after } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { execute, type GraphQLSchema, isInterfaceType, isObjectType, parse } from 'graphql'
import { answerJson, close, listen, readBody } from '#platform/runtime/http.ts'
import { type LoadedSupergraph, loadSupergraph } from '../../../router/supergraph/load-supergraph.ts'
import { compose } from '../fixtures/graph.ts'
import type { GraphDefinition } from './graphs.ts'
import { BROKEN, createResolver, type DataFaults, hash, resolveReference } from './subgraph-data.ts'

/**
 * What goes wrong. `calls` is the share of calls that are answered with an error, with no GraphQL, or not at all; `slow` of
 * those that take a while, so that answers come in another order than they were asked for.
 */
export type Faults = DataFaults & { calls: number; slow: number }

export const NO_FAULTS: Faults = { seed: 0, failing: 0, empty: 0.1, broken: 0, missing: 0, calls: 0, slow: 0 }

/** A graph that is served. */
export type ServedGraph = {
  name: string
  supergraph: LoadedSupergraph
  setFaults(faults: Faults): void
}

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@external", "@requires", "@provides", "@override", "@interfaceObject", "@inaccessible"])\n`

/** Serves every subgraph of a graph over HTTP until the file's tests are over. */
export async function serveGraph(definition: GraphDefinition): Promise<ServedGraph> {
  let faults = NO_FAULTS
  const subgraphs = await Promise.all(
    Object.entries(definition.subgraphs).map(async ([name, body]) => {
      const sdl = body.includes('specs.apollo.dev/federation') ? body : LINK + body
      const schema = schemaOf(sdl, name, () => ({ definition, faults }))
      const answer = async (query: string, variables: Record<string, unknown>) => {
        const result = await execute({
          schema,
          document: parse(query),
          variableValues: variables,
          fieldResolver: createResolver(definition, faults),
          typeResolver: (value) => (value as { __typename: string }).__typename,
        })
        return JSON.stringify(result).replaceAll(`"${BROKEN}"`, 'null')
      }
      const { server, url } = await listen(
        {
          paths: {
            '/': async (request, response) => {
              const { query, variables = {} } = JSON.parse(await readBody(request))
              const slowMs = slownessOf(`${name} ${withoutName(query)}`, faults)
              if (slowMs > 0) await pause(slowMs)
              const fault = faultOf(`${name} ${withoutName(query)}`, faults)
              if (fault === 'cut') return void request.socket.destroy()
              if (fault !== undefined) return void response.writeHead(fault.status).end(fault.body)
              response.writeHead(200, { 'content-type': 'application/json' }).end(await answer(query, variables))
            },
          },
          otherwise: (_request, response) => answerJson(response, 404, {}),
        },
        { host: '127.0.0.1', port: 0 },
      )
      after(() => {
        server.closeAllConnections()
        return close(server)
      })
      return { name, url, sdl }
    }),
  )
  return {
    name: definition.name,
    supergraph: loadSupergraph(compose(subgraphs)),
    setFaults: (next) => void (faults = next),
  }
}

type Now = () => { definition: GraphDefinition; faults: Faults }

function schemaOf(sdl: string, subgraph: string, now: Now): GraphQLSchema {
  const schema = buildSubgraphSchema(parse(sdl))
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue
    type.extensions = {
      ...type.extensions,
      apollo: {
        subgraph: {
          resolveReference: (reference: Record<string, unknown>) =>
            resolveReference(type.name, reference, subgraph, now()),
        },
      },
    }
  }
  return schema
}

const withoutName = (query: string): string => query.replace(/^(\w+) \w+/, '$1')

const FAULTS = [
  'cut',
  { status: 500, body: '<html>at http://10.0.0.1' },
  { status: 200, body: 'not JSON' },
  { status: 200, body: '{"data":null,"errors":[{"message":"all is lost","extensions":{"code":"NOT_FOUND"}}]}' },
  { status: 502, body: '{"errors":[{"message":"no data"}]}' },
] as const

// Longer than a quick call takes, and short enough for thousands of them.
const SLOWEST_MS = 15

const slownessOf = (call: string, { seed, slow }: Faults): number =>
  (hash(`slow ${seed} ${call}`) % 1000) / 1000 < slow ? 1 + (hash(`long ${seed} ${call}`) % SLOWEST_MS) : 0

function faultOf(call: string, { seed, calls }: Faults): (typeof FAULTS)[number] | undefined {
  if ((hash(`call ${seed} ${call}`) % 1000) / 1000 >= calls) return undefined
  return FAULTS[hash(`kind ${seed} ${call}`) % FAULTS.length]
}
