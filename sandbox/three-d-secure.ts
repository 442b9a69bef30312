import { type Answer, ApiError } from './answer.ts'
import { authenticationPage, resultPage, unknownPage } from './authentication-page.ts'
import type { Call } from './http.ts'
import { findIntent, type IntentRow, settleAuthentication } from './payment-intents.ts'
import type { Provider } from './provider.ts'

/** `GET /3ds/:id` */
export async function showAuthentication(provider: Provider, call: Call): Promise<Answer> {
  const intent = await findIntent(await provider.database.pool(), call.id)
  return intent === undefined ? unknownPage() : authenticationPage(intent)
}

/** `POST /3ds/:id/approve` */
export const approve = (provider: Provider, call: Call): Promise<Answer> => settle(provider, call, 'approve')

/** `POST /3ds/:id/fail` */
export const fail = (provider: Provider, call: Call): Promise<Answer> => settle(provider, call, 'fail')

async function settle(provider: Provider, call: Call, result: 'approve' | 'fail'): Promise<Answer> {
  refuseOtherSites(call.headers, provider.publicUrl)
  const intent = await settleAuthentication(await provider.database.pool(), call.id, result)
  if (intent === undefined) return unknownPage()
  return intent.return_url === null ? resultPage(intent) : sendBack(intent, intent.return_url)
}

function sendBack(intent: IntentRow, returnUrl: string): Answer {
  const location = new URL(returnUrl)
  location.searchParams.set('payment_intent', intent.id)
  location.searchParams.set('redirect_status', intent.status === 'succeeded' ? 'succeeded' : 'failed')
  return { status: 303, headers: { location: location.href }, body: '' }
}

/** A form of another site must not approve for the person: browsers say where a POST comes from, programs needn't. */
function refuseOtherSites(headers: Call['headers'], publicUrl: string): void {
  const { origin, host } = headers
  if (origin === undefined || origin === new URL(publicUrl).origin) return
  if (URL.canParse(origin) && new URL(origin).host === host) return
  throw new ApiError(400, {
    type: 'invalid_request_error',
    code: 'foreign_origin',
    message: 'Approve on the page itself',
  })
}
