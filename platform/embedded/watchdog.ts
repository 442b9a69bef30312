import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** Ends a daemon when this process dies, by `kill -9` too. `release` it before stopping the daemon in the ordinary way. */
export type Watchdog = { release(): Promise<void> }

/**
 * Sends `signal` to the process `pid` as soon as this one is gone. A shell waits for the end of its standard input, which
 * the system closes however we die. On Windows there is no such shell: there the daemon stays, and the next start reuses it.
 */
export function watch(pid: number, signal: 'INT' | 'TERM'): Watchdog {
  if (process.platform === 'win32') return { release: async () => undefined }
  const script = `while read -r line; do [ "$line" = release ] && exit 0; done; kill -${signal} ${pid}`
  // Detached: Ctrl-C goes to the whole process group, and the daemon must outlive the services that use it.
  const shell = spawn('/bin/sh', ['-c', script], { stdio: ['pipe', 'ignore', 'ignore'], detached: true })
  const gone = once(shell, 'exit')
  shell.unref()
  return {
    release: async () => {
      if (shell.exitCode !== null || shell.signalCode !== null) return
      shell.ref()
      shell.stdin.end('release\n')
      await gone
    },
  }
}
