import { z } from 'zod'
import type { Stage } from './stage.ts'

/** Who buys. */
export type Customer = { email: string; token: string }

const REGISTER = `mutation Register($input: RegisterInput!) {
  register(input: $input) {
    session { user { id email role } }
    userErrors { code message }
  }
}`

const LOGIN = `mutation Login($input: LoginInput!) {
  login(input: $input) {
    session { accessToken accessTokenExpiresAt user { name } }
    userErrors { code message }
  }
}`

const session = z.object({ session: z.object({ accessToken: z.string() }) })

/** Registers a new customer, and signs them in. */
export async function signIn(stage: Stage): Promise<Customer> {
  const email = `ada.${Date.now().toString(36)}@example.com`
  const password = 'correct horse battery'
  stage.act('Ada opens an account', 'The users subgraph keeps accounts. Each run of this story makes a new one.')
  const input = { email, password, name: 'Ada Lovelace' }
  await stage.ask({ document: REGISTER, variables: { input }, answer: z.unknown() })

  stage.act('She signs in', 'The access token goes into the Authorization header of what she asks from now on.')
  const { login } = await stage.ask({
    document: LOGIN,
    variables: { input: { email, password } },
    answer: z.object({ login: session }),
  })
  return { email, token: login.session.accessToken }
}
