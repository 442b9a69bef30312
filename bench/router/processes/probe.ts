// Loaded before whatever a process of the benchmark runs: it says what the process used, by its own accounting (all its
// threads, in microseconds, on every system), and ends it with the benchmark, however that ends.
process.on('message', (message) => {
  if (message !== 'usage') return
  const { user, system } = process.cpuUsage()
  process.send?.({ cpuMs: (user + system) / 1000, peakRssMb: process.resourceUsage().maxRSS / 1024 })
})
process.once('disconnect', () => process.exit(0))
process.channel?.unref()
