import type { IncomingMessage } from 'node:http'
import { type BlockList, isIP, type Socket, SocketAddress } from 'node:net'
import { rangesOf } from './options/client-address.ts'

/** The address of the client behind a connection; undefined where the connection is gone already. */
export type ClientAddressOf = (request: Pick<IncomingMessage, 'headers' | 'socket'>) => string | undefined

/**
 * Reads clients' addresses. `X-Forwarded-For` is read from its end, each entry only where the one after it (at last the
 * connection itself) is a trusted proxy: whatever a client writes into it stands before that and is never believed.
 */
export function createClientAddress(trustedProxies: readonly string[]): ClientAddressOf {
  const trusted = rangesOf(trustedProxies)
  const peers = new WeakMap<Socket, string>()
  const peerOf = (socket: Socket): string | undefined => {
    const known = peers.get(socket)
    if (known !== undefined) return known
    const peer = plain(socket.remoteAddress)
    if (peer !== undefined) peers.set(socket, peer)
    return peer
  }
  return ({ headers, socket }) => {
    const peer = peerOf(socket)
    if (peer === undefined || trustedProxies.length === 0) return peer
    return furthest(peer, forwardedFor(headers['x-forwarded-for']), trusted)
  }
}

/** From the connection towards the client, as long as the one that speaks is trusted and says an address. */
function furthest(peer: string, forwarded: readonly string[], trusted: BlockList): string {
  let address = peer
  for (const said of forwarded.toReversed()) {
    const next = plain(said)
    if (next === undefined || !isIn(trusted, address)) return address
    address = next
  }
  return address
}

function forwardedFor(header: string | string[] | undefined): string[] {
  const text = Array.isArray(header) ? header.join(',') : (header ?? '')
  return text === '' ? [] : text.split(',').map((part) => part.trim())
}

/** One spelling of each address: no port, no brackets, IPv4 as IPv4. Undefined where it is none. */
function plain(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text)?.[1] ?? text
  const family = isIP(bare)
  if (family === 0) return undefined
  if (family === 4) return bare
  const { address } = new SocketAddress({ address: bare.split('%', 1)[0] ?? bare, family: 'ipv6' })
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address
}

const isIn = (list: BlockList, address: string): boolean => list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
