import { SUBGRAPHS, type SubgraphName } from '../runtime/names.ts'
import { generateSigningKeyPem, type PublicJwk, readSigningKey } from './keys.ts'

/** Every key that a deployment needs: private ones as PKCS#8 PEM, the services' public ones as `SERVICE_JWKS` holds them. */
export type GeneratedKeys = {
  tokenSigningKey: string
  serviceKeys: Record<SubgraphName, string>
  serviceJwks: string
}

/** New keys for all services. Nothing is kept: whoever calls this stores them, or all tokens end with the process. */
export function generateKeys(): GeneratedKeys {
  const serviceKeys = forEachSubgraph(generateSigningKeyPem)
  const publicKeys: Record<SubgraphName, PublicJwk> = forEachSubgraph(
    (name) => readSigningKey(serviceKeys[name]).publicJwk,
  )
  return { tokenSigningKey: generateSigningKeyPem(), serviceKeys, serviceJwks: JSON.stringify(publicKeys) }
}

function forEachSubgraph<Value>(make: (name: SubgraphName) => Value): Record<SubgraphName, Value> {
  return Object.fromEntries(SUBGRAPHS.map((name) => [name, make(name)])) as Record<SubgraphName, Value>
}
