import { WebSocket } from 'ws'
import { z } from 'zod'
import { now } from '../clock.ts'

// The clients: as many sockets as wanted, without compression, each with one subscription. They speak the protocol by
// hand, so that what is measured is the server.
const commandSchema = z.discriminatedUnion('do', [
  z.object({
    do: z.literal('connect'),
    url: z.string(),
    clients: z.number(),
    /** How many connect at once. */
    atOnce: z.number(),
    /** Whether each asks by a document of its own. */
    isDistinct: z.boolean(),
    /** Shared out among the clients in turn; none for guests. */
    tokens: z.array(z.string()),
  }),
  /** Resolves when all have got this price. */
  z.object({ do: z.literal('await'), price: z.number() }),
  z.object({ do: z.literal('leave') }),
])

/** What the clients are told. */
export type Command = z.input<typeof commandSchema>

const LONGEST_WAIT_MS = 120_000
const EVENT = /"(?:price|p\d+)":(\d+),"committedAtMs":([\d.]+)/

let sockets: WebSocket[] = []
let wanted: { price: number; latencies: number[]; left: number; done: () => void } | undefined

process.channel?.ref()
process.on('message', (message) => {
  if (message === 'usage' || message === 'memory') return
  void obey(commandSchema.parse(message)).then(
    (answer) => process.send?.(answer),
    (error: unknown) => process.send?.({ failure: String(error) }),
  )
})

async function obey(command: z.output<typeof commandSchema>) {
  switch (command.do) {
    case 'connect':
      return connectAll(command)
    case 'await':
      return awaitPrice(command.price)
    case 'leave':
      for (const socket of sockets) socket.terminate()
      sockets = []
      return {}
  }
}

type Connect = Extract<z.output<typeof commandSchema>, { do: 'connect' }>

async function connectAll(command: Connect) {
  const begin = performance.now()
  let next = 0
  const connectInTurn = async () => {
    while (next < command.clients) {
      const index = next
      next += 1
      sockets.push(await connect(index, command))
    }
  }
  await Promise.all(Array.from({ length: command.atOnce }, connectInTurn))
  return { elapsedMs: performance.now() - begin }
}

/** Resolves with the first event, the present state. */
function connect(index: number, { url, isDistinct, tokens }: Connect): Promise<WebSocket> {
  const { promise, resolve, reject } = Promise.withResolvers<WebSocket>()
  const socket = new WebSocket(url, 'graphql-transport-ws', { perMessageDeflate: false })
  const token = tokens[index % tokens.length]
  const field = isDistinct ? `p${index}: price` : 'price'
  const query = `subscription Price { priceChanged(id: "1") { ${field} committedAtMs } }`
  socket.on('open', () =>
    socket.send(
      JSON.stringify({ type: 'connection_init', payload: token ? { authorization: `Bearer ${token}` } : {} }),
    ),
  )
  socket.on('message', (data: Buffer) => {
    const text = data.toString()
    if (text.includes('connection_ack'))
      return socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }))
    const event = EVENT.exec(text)
    if (event === null) return reject(new Error(`expected an event, got ${text}`))
    resolve(socket)
    count(Number(event[1]), Number(event[2]))
  })
  socket.on('error', reject)
  socket.on('close', (code, reason) => reject(new Error(`closed with ${code} ${String(reason)}`)))
  return promise
}

function count(price: number, committedAtMs: number): void {
  if (wanted === undefined || price !== wanted.price) return
  wanted.latencies.push(now() - committedAtMs)
  wanted.left -= 1
  if (wanted.left === 0) wanted.done()
}

async function awaitPrice(price: number) {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const latencies: number[] = []
  const timer = setTimeout(
    () => reject(new Error(`${wanted?.left} of ${sockets.length} clients never got price ${price}`)),
    LONGEST_WAIT_MS,
  )
  wanted = { price, latencies, left: sockets.length, done: resolve }
  process.send?.({ isReady: true })
  await promise
  clearTimeout(timer)
  return { latencies }
}
