import { z } from 'zod'
import { ADMIN } from '../seed/accounts.ts'
import type { Stage } from './stage.ts'

const LOGIN = `mutation LoginAsAdmin($input: LoginInput!) {
  login(input: $input) {
    session { accessToken user { role } }
    userErrors { code message }
  }
}`

const SHIP = `mutation Ship($input: ShipOrderInput!) {
  shipOrder(input: $input) {
    order { status shipments { carrier trackingNumber } }
    userErrors { code message }
  }
}`

const signedIn = z.object({ login: z.object({ session: z.object({ accessToken: z.string() }) }) })

/** The warehouse ships the order. */
export async function ship(stage: Stage, orderId: string): Promise<void> {
  stage.act('The warehouse ships it', `Signed in as ${ADMIN.email}, whose role carries the scope orders:write.`)
  const credentials = { email: ADMIN.email, password: ADMIN.password }
  const { login } = await stage.ask({ document: LOGIN, variables: { input: credentials }, answer: signedIn })
  const input = { id: orderId, carrier: 'DHL', trackingNumber: '00340434161094015902' }
  await stage.ask({ document: SHIP, variables: { input }, answer: z.unknown(), token: login.session.accessToken })
}
