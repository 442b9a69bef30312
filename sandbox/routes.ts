import { type Answer, ApiError, json } from './answer.ts'
import { faultSettings } from './faults.ts'
import type { Call } from './http.ts'
import { readLedger } from './ledger.ts'
import { parseParameters } from './parameters.ts'
import * as api from './provider.ts'
import * as threeDSecure from './three-d-secure.ts'

/** One kind of call. `api` takes JSON and has latency, `form` is for browsers, `test` is closed in production. */
export type Route = {
  readonly name: string
  readonly kind: 'api' | 'form' | 'test'
  handle(provider: api.Provider, call: Call): Promise<Answer>
}

const ROUTES: readonly Route[] = [
  { name: 'GET /v1/payment_methods/:id', kind: 'api', handle: api.getPaymentMethod },
  { name: 'POST /v1/payment_intents', kind: 'api', handle: api.createIntent },
  { name: 'GET /v1/payment_intents', kind: 'api', handle: api.listIntents },
  { name: 'GET /v1/payment_intents/:id', kind: 'api', handle: api.getIntent },
  { name: 'POST /v1/payment_intents/:id/cancel', kind: 'api', handle: api.cancelIntent },
  { name: 'POST /v1/refunds', kind: 'api', handle: api.createRefund },
  { name: 'GET /v1/refunds', kind: 'api', handle: api.listRefunds },
  { name: 'GET /3ds/:id', kind: 'form', handle: threeDSecure.showAuthentication },
  { name: 'POST /3ds/:id/approve', kind: 'form', handle: threeDSecure.approve },
  { name: 'POST /3ds/:id/fail', kind: 'form', handle: threeDSecure.fail },
  { name: 'GET /test/ledger', kind: 'test', handle: getLedger },
  { name: 'GET /test/faults', kind: 'test', handle: async (provider) => json(200, provider.faults.get()) },
  { name: 'POST /test/faults', kind: 'test', handle: setFaults },
]

/** The route of a request and what stands for its `:id`; 404 where there is none. */
export function findRoute(
  method: string,
  path: string,
  options: { isProduction: boolean },
): { route: Route; id: string } {
  const asked = `${method} ${path}`.split('/')
  for (const route of ROUTES) {
    const pattern = route.name.split('/')
    if (pattern.length !== asked.length || (route.kind === 'test' && options.isProduction)) continue
    if (pattern.every((part, index) => part === asked[index] || part === ':id')) {
      return { route, id: asked[pattern.indexOf(':id')] ?? '' }
    }
  }
  throw new ApiError(404, {
    type: 'invalid_request_error',
    code: 'unrecognized_request_url',
    message: 'Unrecognized request URL',
  })
}

async function getLedger(provider: api.Provider, call: Call): Promise<Answer> {
  const filter = { paymentId: call.query.get('payment_id'), orderId: call.query.get('order_id') }
  return json(200, await readLedger(await provider.database.pool(), filter, provider.publicUrl))
}

async function setFaults(provider: api.Provider, call: Call): Promise<Answer> {
  provider.faults.set(parseParameters(faultSettings, call.body))
  return json(200, provider.faults.get())
}
