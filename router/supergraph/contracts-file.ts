import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { z } from 'zod'
import { messageOf } from '#platform/kernel/errors.ts'
import { applyContract, type Contract } from './contract.ts'

const contractsSchema = z.record(
  z.string(),
  z
    .strictObject({ include: z.array(z.string()).optional(), exclude: z.array(z.string()).optional() })
    .refine(
      ({ include = [], exclude = [] }) => include.length + exclude.length > 0,
      'expected an include or an exclude',
    ),
)

/** Reads the text of a `contracts.yaml`: lists of tags, by the name of the contract. Throws where it is malformed. */
export function parseContracts(text: string): Readonly<Record<string, Contract>> {
  const contracts = contractsSchema.safeParse(parse(text) ?? {})
  if (!contracts.success) throw new Error(`contracts: ${z.prettifyError(contracts.error).replaceAll('\n', ' ')}`)
  return contracts.data
}

/** From a supergraph to that of the contract `name` of `file`; to itself where no contract is wanted. Throws where there is none. */
export async function contractOf(name: string | undefined, file: string): Promise<(supergraphSdl: string) => string> {
  if (name === undefined) return (sdl) => sdl
  const contracts = parseContracts(await readContracts(file))
  const contract = Object.hasOwn(contracts, name) ? contracts[name] : undefined
  if (contract === undefined)
    throw new Error(`--contract: expected one of ${Object.keys(contracts).join(', ')}, got ${name}`)
  return (sdl) => applyContract(sdl, contract)
}

async function readContracts(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new Error(`--contracts: ${file} can't be read: ${messageOf(error)}`, { cause: error })
  }
}
