/** Reads `/metrics` of a service: the value of each sample, by its name and labels as they stand there. */
export async function readMetrics(base: string): Promise<(sample: string) => number | undefined> {
  const text = await (await fetch(new URL('/metrics', base))).text()
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  const values = new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]))
  return (sample) => values.get(sample)
}
