import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

// Loaded before whatever a process of the benchmark runs: it says what the process used, by its own accounting (all its
// threads, in microseconds, on every system), and ends it with the benchmark, however that ends.
process.on('message', (message) => {
  if (message === 'memory') process.send?.(memoryHeld())
  if (message !== 'usage') return
  const { user, system } = process.cpuUsage()
  process.send?.({ cpuMs: (user + system) / 1000, peakRssMb: process.resourceUsage().maxRSS / 1024 })
})
process.once('disconnect', () => process.exit(0))
process.channel?.unref()

/** What is held, once what is not has been collected. */
function memoryHeld() {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  collect()
  const { rss, heapUsed, external } = process.memoryUsage()
  return { rssBytes: rss, heapBytes: heapUsed + external }
}
