import type { GraphiQLProps } from 'graphiql'
import liveStock from './tabs/live-stock.graphql?raw'
import probe from './tabs/probe.graphql?raw'
import shop from './tabs/shop.graphql?raw'
import signIn from './tabs/sign-in.graphql?raw'

type Tabs = NonNullable<GraphiQLProps['defaultTabs']>

/**
 * The tabs that a first visit opens with: the demo shop's, its headphones' id filled in. None where the router serves
 * another graph, or does not answer; GraphiQL then greets in its own words.
 */
export async function shopTabs(endpoint: URL, headers: string): Promise<Tabs | undefined> {
  const variantId = await headphonesId(endpoint)
  if (variantId === undefined) return undefined
  return [
    { query: shop, headers },
    { query: liveStock, variables: JSON.stringify({ variantIds: [variantId] }, null, 2), headers },
    { query: signIn, headers },
  ]
}

/** Undefined where the graph is not the shop's; an empty shop has no headphones, whose id is then left for the reader. */
async function headphonesId(endpoint: URL): Promise<string | undefined> {
  try {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: probe }),
    })
    const { data } = (await response.json()) as { data?: { variantBySku: { id: string } | null } | null }
    if (data === undefined || data === null) return undefined
    return data.variantBySku?.id ?? '…'
  } catch {
    // GraphiQL asks for the schema next, and shows what is wrong.
    return undefined
  }
}
