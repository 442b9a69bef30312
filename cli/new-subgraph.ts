import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { messageOf } from '#platform/kernel/errors.ts'
import { GraphError } from './graph/graph-error.ts'
import { type Plan, planSubgraph } from './new-subgraph/plan-subgraph.ts'
import { writeFiles } from './new-subgraph/write-files.ts'

// `npm run new:subgraph NAME`: a subgraph that runs, wherever subgraphs are named; all of it or nothing. Exit code 2: nothing.
const ROOT = fileURLToPath(new URL('../', import.meta.url))
const USAGE = 'usage: npm run new:subgraph NAME [-- --entity TYPE]   (npm run new:subgraph reviews)'

try {
  const { values, positionals } = parseArgs({ options: { entity: { type: 'string' } }, allowPositionals: true })
  const [name, ...more] = positionals
  if (name === undefined || more.length > 0) throw new GraphError(USAGE)
  const plan = await planSubgraph(ROOT, { name, entity: values.entity })
  await writeFiles(ROOT, plan.files, () => format([...plan.files.keys()]))
  process.stdout.write(report(plan))
} catch (error) {
  if (!isForPeople(error)) throw error
  process.stderr.write(`new:subgraph: ${messageOf(error)}\n`)
  process.exitCode = 2
}

/** A long name breaks lines elsewhere. */
async function format(paths: readonly string[]): Promise<void> {
  const biome = join(dirname(createRequire(import.meta.url).resolve('@biomejs/biome/package.json')), 'bin/biome')
  const code = paths.filter((path) => /\.(?:ts|json)$/.test(path))
  await promisify(execFile)(process.execPath, [biome, 'format', '--write', ...code], { cwd: ROOT })
}

function report({ names: { name, Entity, entity, port }, files }: Plan): string {
  return `The subgraph ${name} is there, with the type ${Entity}, on port ${port}. Made or changed:

${[...files.keys()].map((file) => `  ${file}\n`).join('')}
Next:

  npm run typecheck                                  # makes its types, and checks
  npx node --test tests/subgraphs/${name}.test.ts
  npm start                                          # then ask, with a login's token in Authorization:

    mutation { create${Entity}(input: { name: "The first" }) { ${entity} { id name } userErrors { message } } }

Then make it yours: schema/${name}.graphql, npm run compose, subgraphs/${name}/. docs/add-a-subgraph.md goes through it.
`
}

function isForPeople(error: unknown): boolean {
  return (
    error instanceof GraphError ||
    (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
  )
}
