import { createServer, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readBody } from '#platform/runtime/http.ts'

/** What becomes of a call: it never arrives, it arrives and is done but the answer is lost, or all is well. */
export type Fault = 'unreachable' | 'unanswered' | null

/** A neighbour's address between which and the neighbour calls can be lost. */
export type FaultyProxy = {
  url: string
  /** Where the neighbour really is. */
  forwardTo(port: number): void
  /** What becomes of each call from now on, by its GraphQL text. */
  onCall(decide: (document: string) => Fault): void
  /** Every call that arrived at the neighbour. */
  documents: string[]
  stop(): Promise<void>
}

/** Stands before one neighbour, over real HTTP. */
export async function startFaultyProxy(): Promise<FaultyProxy> {
  let target: number | undefined
  let decide: (document: string) => Fault = () => null
  const documents: string[] = []
  const server = createServer(async (incoming, outgoing) => {
    const body = await readBody(incoming)
    const fault = decide(body)
    if (fault === 'unreachable') return void outgoing.destroy()
    documents.push(body)
    const { headers, method, url } = incoming
    const forwarded = send({ port: target, host: '127.0.0.1', method, path: url, headers }, (answer) => {
      if (fault === 'unanswered') {
        answer.resume()
        answer.on('end', () => outgoing.destroy())
        return
      }
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(outgoing)
    })
    forwarded.on('error', () => outgoing.destroy())
    forwarded.end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    forwardTo: (port) => {
      target = port
    },
    onCall: (next) => {
      decide = next
    },
    documents,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
