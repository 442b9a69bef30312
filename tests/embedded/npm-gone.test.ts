import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const FIXTURE = fileURLToPath(new URL('fixtures/wait-for-npm.ts', import.meta.url))

test('what npm runs hears of it when npm was told to end, though its shell tells nothing', async () => {
  // As npm runs a script. The second command keeps the shell from giving its own process to the first.
  const shell = spawn('sh', ['-c', `"${process.execPath}" "${FIXTURE}"; :`], {
    env: { ...process.env, npm_lifecycle_event: 'start' },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  after(() => {
    try {
      process.kill(-(shell.pid ?? 0), 'SIGKILL')
    } catch (error) {
      // All of them are gone, as they should be.
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
    }
  })
  const lines = createInterface({ input: shell.stdout })[Symbol.asyncIterator]()
  assert.equal((await lines.next()).value, 'waiting')
  shell.kill('SIGTERM')
  await once(shell, 'exit')
  assert.equal((await lines.next()).value, 'npm is gone')
  assert.equal((await lines.next()).done, true, 'nothing keeps it')
})
