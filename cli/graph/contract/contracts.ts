import { type GraphQLSchema, parse } from 'graphql'
import { messageOf } from '#platform/kernel/errors.ts'
import { applyContract, type Contract } from '../../../router/supergraph/contract.ts'
import { readGraph } from '../../../router/supergraph/contract-graph.ts'
import { parseContracts } from '../../../router/supergraph/contracts-file.ts'
import { loadSupergraph } from '../../../router/supergraph/load-supergraph.ts'
import { GraphError } from '../graph-error.ts'
import type { Place } from '../report/finding.ts'
import type { Files } from '../source/files.ts'

export const CONTRACTS_FILE = 'contracts.yaml'

/** The contracts of `contracts.yaml`, beside `supergraph.yaml`; none where there is no such file. */
export async function readContracts(files: Files): Promise<ReadonlyMap<string, Contract>> {
  const text = await files.read(CONTRACTS_FILE)
  if (text === undefined) return new Map()
  try {
    return new Map(Object.entries(parseContracts(text)))
  } catch (error) {
    throw new GraphError(`${CONTRACTS_FILE}: ${messageOf(error)}`, { cause: error })
  }
}

/** The contract of that name, which `asker` was given. Throws {@link GraphError}, which lists those there are. */
export function contractNamed(contracts: ReadonlyMap<string, Contract>, asker: string, name: string): Contract {
  const contract = contracts.get(name)
  if (contract === undefined)
    throw new GraphError(
      `${asker}: expected one of ${[...contracts.keys()].join(', ') || `(${CONTRACTS_FILE} has none)`}, got ${name}`,
    )
  return contract
}

/** The tags of a contract that nothing in the graph has: with one that is misspelt it would show what it should not. */
export function unknownTags(supergraphSdl: string, { include = [], exclude = [] }: Contract): string[] {
  const graph = readGraph(parse(supergraphSdl, { noLocation: true }))
  const known = new Set([...graph.elements.values()].flatMap(({ tags }) => tags))
  return [...include, ...exclude].filter((tag) => !known.has(tag))
}

/** Where a contract begins in the text of `contracts.yaml`. */
export const contractPlace = (text: string, name: string): Place => ({
  file: CONTRACTS_FILE,
  line: text.split('\n').findIndex((line) => line.startsWith(`${name}:`)) + 1 || 1,
})

/** What clients of a contract see. Throws {@link GraphError} where what is left is no API. */
export function contractApi(supergraphSdl: string, name: string, contract: Contract): GraphQLSchema {
  try {
    return loadSupergraph(applyContract(supergraphSdl, contract)).apiSchema
  } catch (error) {
    throw new GraphError(`contract ${name}: ${messageOf(error)}`, { cause: error })
  }
}
