import { z } from 'zod'

/** What a person at the terminal can mend, told in a sentence. */
export class ShopError extends Error {
  override name = 'ShopError'
}

/** Who is asked: a GraphQL address, and the access token to come with. */
export type Endpoint = { url: string; token?: string | undefined }

/** One operation. `answer` is what its `data` must look like. */
export type Operation<Data> = {
  document: string
  variables?: Readonly<Record<string, unknown>>
  answer: z.ZodType<Data>
}

/** Sends an operation and resolves with its `data`. Throws {@link ShopError} where there is none, or an error beside it. */
export type Ask = <Data>(operation: Operation<Data>) => Promise<Data>

const response = z.object({
  data: z.unknown().optional(),
  errors: z
    .array(z.object({ message: z.string(), extensions: z.looseObject({ code: z.string().optional() }).optional() }))
    .optional(),
})

/** Part of every payload of a mutation. */
export const userErrors = z.array(z.object({ code: z.string(), message: z.string() }))

// What answers to somebody whose token it does not accept.
const DENIED = new Set(['UNAUTHENTICATED', 'FORBIDDEN', 'UNAUTHORIZED_FIELD_OR_TYPE'])

/** Asks `endpoint`. `whenDenied` is said beside a refusal of the token. */
export const createAsk =
  (endpoint: Endpoint, whenDenied = ''): Ask =>
  async (operation) =>
    operation.answer.parse(await fetchData(endpoint, operation, whenDenied))

/** The `data` of an answer as it came. Throws {@link ShopError} as {@link Ask} does. */
export async function fetchData(
  { url, token }: Endpoint,
  { document, variables = {} }: Omit<Operation<unknown>, 'answer'>,
  whenDenied = '',
): Promise<unknown> {
  const body = response.safeParse(await post(url, token, { query: document, variables }))
  if (!body.success)
    throw new ShopError(`${url} does not answer as a GraphQL server: is another program listening there?`)
  const { data, errors: [error] = [] } = body.data
  if (error === undefined) return data
  throw new ShopError(`${url} answered: ${error.message}${DENIED.has(error.extensions?.code ?? '') ? whenDenied : ''}`)
}

async function post(url: string, token: string | undefined, body: unknown): Promise<unknown> {
  const headers = {
    'content-type': 'application/json',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  }
  let text: string
  try {
    text = await (await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })).text()
  } catch (cause) {
    throw new ShopError(`no shop answers at ${url}: start one with \`npm start\`, or name another address with --url`, {
      cause,
    })
  }
  try {
    return JSON.parse(text)
  } catch {
    // Told by the caller, who finds no GraphQL answer in it.
    return undefined
  }
}
