import { existsSync } from 'node:fs'
import { readSigningKey } from '#platform/auth/keys.ts'
import { signAccessToken } from '#platform/auth/tokens.ts'
import { SCOPES_BY_ROLE } from '#platform/auth/viewer.ts'
import { newId } from '#platform/kernel/ids.ts'
import { type Config, readConfig, subgraphUrls } from '#platform/runtime/config.ts'
import { type SubgraphName, SUBGRAPHS } from '#platform/runtime/names.ts'
import { keysFile, keysIn } from '../start/keys.ts'
import type { Environment } from '../start/plan.ts'
import { type Ask, createAsk, ShopError } from './ask.ts'
import { routerUrl } from './router-url.ts'

/** Asks for a field of one subgraph. */
export type AskSubgraph = (subgraph: SubgraphName) => Ask

// Longer than any command takes, and of no use to anyone afterwards.
const TOKEN_TTL_S = 300

/**
 * Asks a shop as an ADMIN that it has no account of, by a token signed with the shop's own key: that of TOKEN_SIGNING_KEY,
 * else of DATA_DIR. Goes through the router at `url`; without `url`, to the subgraphs themselves where `env` has their
 * addresses (before the router is up), else through the router where `npm start` puts it.
 */
export async function askAsAdmin(env: Environment, url?: string): Promise<AskSubgraph> {
  const config = readConfig(env)
  const { pem, origin } = await signingKeyOf(config)
  const token = signAccessToken(readSigningKey(pem), {
    userId: newId(),
    sessionId: newId(),
    role: 'ADMIN',
    scopes: SCOPES_BY_ROLE.ADMIN,
    ttlS: TOKEN_TTL_S,
  })
  const whenDenied = `; it does not accept tokens signed with ${origin}: is it another shop's key?`
  const urls = subgraphUrls(config)
  const isDirect = url === undefined && SUBGRAPHS.every((name) => urls[name] !== undefined)
  const router = url ?? routerUrl(config)
  return (name) => createAsk({ url: (isDirect ? urls[name] : undefined) ?? router, token }, whenDenied)
}

async function signingKeyOf(config: Config): Promise<{ pem: string; origin: string }> {
  if (config.TOKEN_SIGNING_KEY !== undefined) return { pem: config.TOKEN_SIGNING_KEY, origin: 'TOKEN_SIGNING_KEY' }
  const file = keysFile(config.DATA_DIR)
  if (existsSync(file)) return { pem: (await keysIn(config.DATA_DIR)).tokenSigningKey, origin: file }
  throw new ShopError(
    `${file} is not there, which \`npm start\` makes: start the shop first, set DATA_DIR as it has it, or set TOKEN_SIGNING_KEY`,
  )
}
