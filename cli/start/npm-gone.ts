const LOOK_EVERY_MS = 250

/**
 * Calls `act` once npm, which runs this script, was told to end: npm hands SIGTERM to the shell that runs its scripts, and that ends
 * without handing it on, so that the script lives on without a parent. Does nothing without npm: who starts a program by himself
 * may leave it alone.
 */
export function onNpmGone(env: Readonly<Record<string, string | undefined>>, act: () => void): void {
  if (env['npm_lifecycle_event'] === undefined) return
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    act()
  }, LOOK_EVERY_MS)
  timer.unref()
}
