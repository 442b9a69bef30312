import type { Client } from '../../../client/index.ts'

// What the TypeScript on the pages takes as given: an app's own functions, and the client that the page has made before.
declare global {
  const client: Client
  const url: string
  const email: string
  const password: string
  const variantId: string
  const variantIds: string[]
  function show(what: unknown): void
  function offer(quantity: number | null | undefined): void
  function freshToken(): Promise<string>
}
