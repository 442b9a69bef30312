import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { z } from 'zod'

// The least that any gateway on `node:http` has to do: read the request, parse an answer and write it as JSON. It holds the
// answers already (`bare.ts <file: JSON of answers by query> <port>`), and asks nobody.
const [file, port] = process.argv.slice(2)
if (file === undefined || port === undefined) throw new Error('expected <answers file> <port>')

const answers = z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(file, 'utf8')))

createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const { query } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { query: string }
    const answer = Buffer.from(JSON.stringify(JSON.parse(answers[query] ?? 'null')))
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length }).end(answer)
  })
}).listen(Number(port), '127.0.0.1')
