import { z } from 'zod'
import type { Config } from '#platform/runtime/config.ts'
import { section } from './section.ts'

const schema = z.strictObject({
  /** GraphiQL at `/graphiql`. Left out: in development only. */
  graphiql: z.boolean().optional(),
  /** Apollo Sandbox at `/`; the page loads it from Apollo's servers. Left out: in development only. */
  sandbox: z.boolean().optional(),
})

/** Which pages the router shows to people. */
export const pages = section({
  schema,
  fromEnvironment: ({ GRAPHIQL, SANDBOX_PAGE }) => ({
    graphiql: GRAPHIQL && GRAPHIQL === 'on',
    sandbox: SANDBOX_PAGE && SANDBOX_PAGE === 'on',
  }),
})

/** What is shown, once it is known where: nobody's production gets a page that it did not ask for. */
export function shownPages(
  { graphiql, sandbox }: z.output<typeof schema>,
  { NODE_ENV }: Pick<Config, 'NODE_ENV'>,
): { graphiql: boolean; sandbox: boolean } {
  const isDevelopment = NODE_ENV === 'development'
  return { graphiql: graphiql ?? isDevelopment, sandbox: sandbox ?? isDevelopment }
}
