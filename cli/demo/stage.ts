import { z } from 'zod'
import { fetchData, type Operation, ShopError } from '../client/ask.ts'
import { follow, type Following } from './follow.ts'
import type { Screen } from './screen.ts'

/** Where the story plays: what is asked here is shown, with what was answered. */
export type Stage = {
  act(title: string, words: string): void
  say(words: string): void
  ask<Data>(operation: Operation<Data> & { token?: string | undefined }): Promise<Data>
  /** Shows each event as it comes, as `name`. */
  follow(
    name: string,
    subscription: { document: string; variables: Record<string, unknown>; token?: string | undefined },
  ): Following
}

const payloads = z.record(z.string(), z.looseObject({ userErrors: z.array(z.object({ message: z.string() })) }))

/** A stage for the shop at `url`. */
export function createStage(url: string, screen: Screen): Stage {
  return {
    act: screen.act,
    say: screen.say,
    ask: async ({ token, answer, document, variables = {} }) => {
      screen.request(document, variables)
      const data = await fetchData({ url, token }, { document, variables })
      screen.answer(data)
      assertNothingRefused(data)
      return answer.parse(data)
    },
    follow: (name, { document, variables, token }) => {
      screen.request(document, variables)
      return follow({ url, token }, { document, variables, onEvent: (event) => screen.event(name, unwrap(event)) })
    },
  }
}

/** The story goes on only where the shop did what was asked. */
function assertNothingRefused(data: unknown): void {
  const mutations = payloads.safeParse(data)
  if (!mutations.success) return
  const [refused] = Object.values(mutations.data).flatMap(({ userErrors }) => userErrors)
  if (refused !== undefined) throw new ShopError(`the story stops here, the shop refused: ${refused.message}`)
}

/** An event without the name of its subscription, which stands before it already. */
const unwrap = (event: unknown): unknown =>
  typeof event === 'object' && event !== null ? Object.values(event)[0] : event
