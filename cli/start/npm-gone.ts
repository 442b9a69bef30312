const LOOK_EVERY_MS = 250

/**
 * Tells whether npm, which runs this script, was told to end: npm hands SIGTERM to the shell that runs its scripts, and that
 * ends without handing it on, so that the script lives on without a parent. Never without npm: who starts a program by himself
 * may leave it alone.
 */
export function npmGone(env: Readonly<Record<string, string | undefined>>): () => boolean {
  if (env['npm_lifecycle_event'] === undefined) return () => false
  const parent = process.ppid
  return () => process.ppid !== parent
}

/** Calls `act` once `isGone`. */
export function onNpmGone(isGone: () => boolean, act: () => void): void {
  const timer = setInterval(() => {
    if (!isGone()) return
    clearInterval(timer)
    act()
  }, LOOK_EVERY_MS)
  timer.unref()
}
