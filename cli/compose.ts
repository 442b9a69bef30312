import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { parse } from 'yaml'
import { z } from 'zod'
import { composeSupergraph, type SubgraphSource } from './composition.ts'

// `npm run compose` writes schema/subgraphs/*.graphql, schema/supergraph.graphql and schema/api.graphql;
// with `-- --check` it writes nothing and fails where a committed one is not what it would write.
const { values: options } = parseArgs({ options: { check: { type: 'boolean', default: false } } })

const roverConfig = z.object({ subgraphs: z.record(z.string(), z.object({ routing_url: z.url() })) })

const composed = composeSupergraph(await readSources())
if (composed.kind === 'failed') {
  fail(`The supergraph can't be composed:\n${composed.errors.map((error) => `  ${error}`).join('\n')}`)
} else if (options.check) {
  await check(composed.files)
} else {
  for (const [file, text] of composed.files) await writeFile(atRoot(file), text)
  process.stdout.write(`Composed ${[...composed.files.keys()].join(', ')}\n`)
}

async function readSources(): Promise<SubgraphSource[]> {
  const config = roverConfig.parse(parse(await read('supergraph.yaml')))
  const commonSdl = await read('schema/common.graphql')
  return Promise.all(
    Object.entries(config.subgraphs).map(async ([name, { routing_url }]) => {
      return { name, url: routing_url, sdl: await read(`schema/${name}.graphql`), commonSdl }
    }),
  )
}

async function check(files: ReadonlyMap<string, string>): Promise<void> {
  const stale: string[] = []
  for (const [file, text] of files) {
    if (!existsSync(atRoot(file)) || (await read(file)) !== text) stale.push(file)
  }
  if (stale.length > 0) fail(`Not current: ${stale.join(', ')}. Run \`npm run compose\` and commit what it writes.`)
  else process.stdout.write('The composed schemas are current.\n')
}

function fail(message: string): void {
  process.stderr.write(`${message}\n`)
  process.exitCode = 1
}

function read(file: string): Promise<string> {
  return readFile(atRoot(file), 'utf8')
}

function atRoot(file: string): URL {
  return new URL(`../${file}`, import.meta.url)
}
