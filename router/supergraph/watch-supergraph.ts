import { watch } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { messageOf } from '#platform/kernel/errors.ts'
import type { Running } from '#platform/runtime/lifecycle.ts'
import type { Logger } from '#platform/runtime/logger.ts'

// Editors and composers write a file in several steps.
const SETTLED_MS = 150
// Kubernetes mounts a ConfigMap as links into a folder of this name, and changes the folder.
const KUBERNETES_FOLDER = '..data'

/**
 * Gives the content of a file (`what` it is, for the log) to `reload` whenever it has changed, and on SIGHUP. The folder is watched, not the file:
 * a file that another was renamed to is another file. For executables only.
 */
export function watchSupergraph(
  file: string,
  reload: (text: string) => Promise<unknown>,
  log: Logger,
  what = 'the supergraph',
): Running {
  const readAgain = async () => {
    try {
      await reload(await readFile(file, 'utf8'))
    } catch (error) {
      log.error({ file, reason: messageOf(error) }, `${what} can't be read: the one before is served on`)
    }
  }
  let settling: NodeJS.Timeout | undefined
  const watcher = watch(dirname(file), { persistent: false }, (_event, name) => {
    if (name !== null && name !== basename(file) && name !== KUBERNETES_FOLDER) return
    clearTimeout(settling)
    settling = setTimeout(() => void readAgain(), SETTLED_MS).unref()
  })
  watcher.on('error', (error) => log.error({ err: error }, `${what} is no longer watched: send SIGHUP instead`))
  const onSignal = () => void readAgain()
  process.on('SIGHUP', onSignal)
  return {
    stop: async () => {
      watcher.close()
      clearTimeout(settling)
      process.off('SIGHUP', onSignal)
    },
  }
}
