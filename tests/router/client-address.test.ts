import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { test } from 'node:test'
import fc from 'fast-check'
import { readConfig } from '#platform/runtime/config.ts'
import { networkOf } from '#platform/runtime/network.ts'
import { createClientAddress } from '../../router/client-address.ts'
import { readRouterOptions } from '../../router/options/router-options.ts'

const ask = (trusted: string[], peer: string | undefined, forwarded?: string | string[]) =>
  createClientAddress(trusted)({
    headers: { 'x-forwarded-for': forwarded },
    socket: { remoteAddress: peer },
  } as unknown as Pick<IncomingMessage, 'headers' | 'socket'>)

test('believes no X-Forwarded-For unless the connection comes from a trusted proxy', () => {
  assert.equal(ask([], '10.0.0.1', '6.6.6.6'), '10.0.0.1')
  assert.equal(ask(['10.0.0.0/8'], '11.0.0.1', '6.6.6.6'), '11.0.0.1')
  assert.equal(ask(['10.0.0.0/8'], undefined, '6.6.6.6'), undefined)
})

test('takes the last address that no trusted proxy is', () => {
  const trusted = ['10.0.0.0/8', 'fd00::/8', '192.0.2.7']
  assert.equal(ask(trusted, '10.0.0.1', '6.6.6.6, 7.7.7.7'), '7.7.7.7')
  assert.equal(ask(trusted, '10.0.0.1', '6.6.6.6, 7.7.7.7, 192.0.2.7 ,10.2.3.4'), '7.7.7.7')
  assert.equal(ask(trusted, 'fd00::1', ['6.6.6.6', '7.7.7.7']), '7.7.7.7')
  assert.equal(ask(trusted, '10.0.0.1', '10.0.0.2'), '10.0.0.2')
  assert.equal(ask(trusted, '10.0.0.1'), '10.0.0.1')
})

test('stops at what is no address, and knows ports, brackets and IPv4 within IPv6', () => {
  const trusted = ['10.0.0.0/8']
  assert.equal(ask(trusted, '10.0.0.1', '7.7.7.7, unknown'), '10.0.0.1')
  assert.equal(ask(trusted, '10.0.0.1', ''), '10.0.0.1')
  assert.equal(ask(trusted, '::ffff:10.0.0.1', '7.7.7.7:4711'), '7.7.7.7')
  assert.equal(ask(trusted, '10.0.0.1', '[2001:DB8:0:0::9]:443'), '2001:db8::9')
})

test('whatever a client writes, the address is that of the peer of the first proxy', () => {
  fc.assert(
    fc.property(fc.string(), fc.ipV4(), (written, client) => {
      fc.pre(!client.startsWith('10.'))
      assert.equal(ask(['10.0.0.0/8'], '10.0.0.1', `${written}, ${client}`), client)
    }),
  )
})

test('counts an IPv6 client by its /64', () => {
  assert.equal(networkOf('7.7.7.7'), '7.7.7.7')
  assert.equal(networkOf('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2::/64')
  assert.equal(networkOf('2001:db8:1:2::6'), '2001:db8:1:2::/64')
  assert.equal(networkOf('2001:db8::6'), '2001:db8:0:0::/64')
  assert.equal(networkOf('::1'), '0:0:0:0::/64')
})

test('a proxy that is no address stops the start, by name', async () => {
  const options = (TRUSTED_PROXIES: string) => readRouterOptions(readConfig({ TRUSTED_PROXIES }))
  await assert.rejects(options('10.0.0.0/33'), /clientAddress\.trustedProxies\.0: expected an IP address or a range/)
  await assert.rejects(options('::1, proxy'), /clientAddress\.trustedProxies\.1/)
  assert.deepEqual((await options('::1, 10.0.0.0/8')).clientAddress.trustedProxies, ['::1', '10.0.0.0/8'])
})
