import { BlockList, isIP } from 'node:net'
import { z } from 'zod'
import { section } from './section.ts'

/** Whose word about a client's address is taken. */
export const clientAddress = section({
  schema: z.strictObject({
    /** Addresses, or ranges such as `10.0.0.0/8`, of proxies whose `X-Forwarded-For` is believed. None: the connection says it. */
    trustedProxies: z
      .array(z.string().refine(isRange, { error: 'expected an IP address or a range such as 10.0.0.0/8' }))
      .default([]),
  }),
  fromEnvironment: ({ TRUSTED_PROXIES }) => ({
    trustedProxies: TRUSTED_PROXIES?.split(',').map((range) => range.trim()),
  }),
})

/** The addresses that `ranges` name. */
export function rangesOf(ranges: readonly string[]): BlockList {
  const list = new BlockList()
  for (const range of ranges) {
    const [address = '', bits] = range.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return list
}

function isRange(range: string): boolean {
  const [address = '', bits, ...more] = range.split('/')
  const family = isIP(address)
  if (family === 0 || more.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 6 ? 128 : 32))
}
