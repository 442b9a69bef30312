import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'

const FIXTURE = new URL('./fixtures/log-on-message.ts', import.meta.url)

test('a process whose log nobody reads any more goes on, and ends', { timeout: 20_000 }, async (t) => {
  const child = fork(FIXTURE, { silent: true })
  t.after(() => child.kill('SIGKILL'))
  assert.ok(child.stdout)
  const [line] = await once(child.stdout, 'data')
  assert.match(String(line), /"msg":"here"/)
  child.stdout.destroy()
  await once(child.stdout, 'close')
  child.send('log')
  assert.deepEqual(await once(child, 'exit'), [0, null])
})
