// As much of curl as the pages use, for machines that have none: -s -N -H -d -X -i URL.
import { parseArgs } from 'node:util'

const { values, positionals } = parseArgs({
  options: {
    silent: { type: 'boolean', short: 's' },
    'no-buffer': { type: 'boolean', short: 'N' },
    include: { type: 'boolean', short: 'i' },
    header: { type: 'string', short: 'H', multiple: true },
    data: { type: 'string', short: 'd' },
    request: { type: 'string', short: 'X' },
  },
  allowPositionals: true,
})
const headers = (values.header ?? []).map((line) => line.split(/:\s*/, 2))
const response = await fetch(positionals[0], {
  method: values.request ?? (values.data === undefined ? 'GET' : 'POST'),
  headers,
  body: values.data,
})
if (values.include) {
  process.stdout.write(`HTTP/1.1 ${response.status}\n`)
  for (const [name, value] of response.headers) process.stdout.write(`${name}: ${value}\n`)
  process.stdout.write('\n')
}
process.stdout.write(await response.text())
