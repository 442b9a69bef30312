import { SUBGRAPHS, type SubgraphName } from '../runtime/names.ts'
import { generateSigningKeyPem, type PublicJwk, readSigningKey } from './keys.ts'

/** Every key that a deployment needs: private ones as PKCS#8 PEM, the services' public ones as `SERVICE_JWKS` holds them. */
export type GeneratedKeys = {
  tokenSigningKey: string
  serviceKeys: Record<SubgraphName, string>
  serviceJwks: string
}

/** What is left of a deployment's keys. */
export type KeptKeys = {
  tokenSigningKey?: string | undefined
  serviceKeys: Readonly<Partial<Record<SubgraphName, string>>>
}

/** New keys for all services. Nothing is kept: whoever calls this stores them, or all tokens end with the process. */
export const generateKeys = (): GeneratedKeys => completeKeys({ serviceKeys: {} })

/** The keys that there are, and new ones for what has none: a subgraph that came later. Throws where one is no key. */
export function completeKeys(kept: KeptKeys): GeneratedKeys {
  const serviceKeys = forEachSubgraph((name) => kept.serviceKeys[name] ?? generateSigningKeyPem())
  const publicKeys: Record<SubgraphName, PublicJwk> = forEachSubgraph(
    (name) => readSigningKey(serviceKeys[name]).publicJwk,
  )
  const tokenSigningKey = kept.tokenSigningKey ?? generateSigningKeyPem()
  return { tokenSigningKey, serviceKeys, serviceJwks: JSON.stringify(publicKeys) }
}

function forEachSubgraph<Value>(make: (name: SubgraphName) => Value): Record<SubgraphName, Value> {
  return Object.fromEntries(SUBGRAPHS.map((name) => [name, make(name)])) as Record<SubgraphName, Value>
}
