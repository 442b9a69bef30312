import { isDeepStrictEqual } from 'node:util'
import type { GraphQLSchema } from 'graphql'
import type { Contract } from '../../../router/supergraph/contract.ts'
import { contractApi, CONTRACTS_FILE, contractPlace, readContracts, unknownTags } from '../contract/contracts.ts'
import { GraphError } from '../graph-error.ts'
import type { Finding } from '../report/finding.ts'
import type { Files } from '../source/files.ts'
import type { Graph } from '../source/read-graph.ts'
import { compare, type Known } from './compare.ts'

type Side = { graph: Graph; files: Files }

/**
 * What is to be said of the contracts: each must still be an API, of tags that there are, and the clients of one that there was
 * must not lose what they see, though the whole graph still has it.
 */
export async function contractChanges(before: Side, after: Side, knowing: Known): Promise<Finding[]> {
  const [was, is] = await Promise.all([readContracts(before.files), readContracts(after.files)])
  const text = (await after.files.read(CONTRACTS_FILE)) ?? ''
  const found = await Promise.all(
    [...is].map(async ([name, contract]): Promise<Finding[]> => {
      const place = contractPlace(text, name)
      const wrong = (message: string): Finding => ({ severity: 'error', rule: 'contract', message, places: [place] })
      const tags = unknownTags(after.graph.supergraphSdl, contract).map((tag) =>
        wrong(`contract ${name}: nothing in the graph has the tag ${tag}`),
      )
      const api = apiOf(after.graph, name, contract)
      if (api instanceof GraphError) return [...tags, wrong(api.message)]
      const previous = was.get(name)
      if (previous === undefined) return tags
      const isSame = before.graph === after.graph && isDeepStrictEqual(previous, contract)
      const apiBefore = isSame ? api : apiOf(before.graph, name, previous)
      // What was no API had no clients.
      if (apiBefore instanceof GraphError) return tags
      const broken = (await compare(apiBefore, api, knowing)).filter(({ severity }) => severity === 'error')
      return [...tags, ...broken.map((finding) => ({ ...finding, message: `contract ${name}: ${finding.message}` }))]
    }),
  )
  const gone = [...was.keys()].filter((name) => !is.has(name)).map(removed)
  return [...found.flat(), ...gone]
}

function apiOf(graph: Graph, name: string, contract: Contract): GraphQLSchema | GraphError {
  try {
    return contractApi(graph.supergraphSdl, name, contract)
  } catch (error) {
    if (error instanceof GraphError) return error
    throw error
  }
}

const removed = (name: string): Finding => ({
  severity: 'warning',
  rule: 'contract-removed',
  message: `contract ${name} is gone: a router that serves it does not start with this graph`,
  places: [{ file: CONTRACTS_FILE, line: 1 }],
})
