import { type IncomingMessage, request as send, type ServerResponse } from 'node:http'
import { close, listen, readBody } from '#platform/runtime/http.ts'

/** What becomes of a call: it never arrives; or it arrives, is done, and its answer is lost; or all is well. */
export type Fault = 'unreachable' | 'unanswered' | null

/** A neighbour's address; between it and the neighbour calls can be lost. */
export type FaultyProxy = {
  url: string
  /** Where the neighbour really is. */
  forwardTo(port: number): void
  /** What becomes of each call from now on, by its GraphQL text. */
  onCall(decide: (document: string) => Fault): void
  stop(): Promise<void>
}

/** Stands before one neighbour, over real HTTP. */
export async function startFaultyProxy(): Promise<FaultyProxy> {
  let port = 0
  let decide: (document: string) => Fault = () => null
  const handle = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const body = await readBody(incoming)
    const fault = decide(body)
    if (fault === 'unreachable') return void outgoing.destroy()
    const { headers, method, url: path } = incoming
    const forwarded = send({ port, host: '127.0.0.1', method, path, headers }, (answer) => {
      if (fault === 'unanswered') return void answer.resume().on('end', () => outgoing.destroy())
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(outgoing)
    })
    forwarded.on('error', () => outgoing.destroy())
    forwarded.end(body)
  }
  const { server, url } = await listen(
    { paths: { '/graphql': handle }, otherwise: handle },
    { host: '127.0.0.1', port: 0 },
  )
  return {
    url: `${url}/graphql`,
    forwardTo: (to) => {
      port = to
    },
    onCall: (next) => {
      decide = next
    },
    stop: async () => {
      server.closeAllConnections()
      await close(server)
    },
  }
}
