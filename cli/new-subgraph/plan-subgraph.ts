import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { buildSchema, type GraphQLSchema } from 'graphql'
import { GraphError } from '../graph/graph-error.ts'
import { renderText } from '../graph/report/render.ts'
import { API_FILE, composeSupergraph } from '../graph/source/composition.ts'
import { type Files, workingTree } from '../graph/source/files.ts'
import { readSources } from '../graph/source/read-graph.ts'
import { EDITS } from './edits.ts'
import { chooseNames, type Names } from './names.ts'
import { fillTemplate } from './template.ts'

/** A new subgraph: what it is called, and every file that changes, as it will be. Nothing is written yet. */
export type Plan = { names: Names & { port: number }; files: ReadonlyMap<string, string> }

/**
 * Plans a subgraph for the repository at `root`. Throws {@link GraphError} where it can't be called so, where something of it is
 * there already, where a file to change has changes that are not committed, and where the graph would not compose.
 */
export async function planSubgraph(
  root: string,
  asked: { name: string | undefined; entity: string | undefined },
): Promise<Plan> {
  const files = workingTree(root)
  const api = buildSchema(await need(files, API_FILE), { assumeValidSDL: true })
  const chosen = chooseNames(asked, api)
  const names = {
    ...chosen,
    port: nextPort(await need(files, 'supergraph.yaml'), await need(files, 'docker-compose.yml')),
  }
  const made = await fillTemplate({ ...chosen, ...descriptionsOf(api), today: new Date().toISOString().slice(0, 10) })
  const edited = await edit(files, names)
  for (const path of made.keys()) if (existsSync(join(root, path))) throw new GraphError(`${path} is there already`)
  await assertCommitted(root, [...edited.keys()])
  const changed = new Map([...made, ...edited])
  for (const [path, text] of await compose(overlay(files, changed)))
    if ((await files.read(path)) !== text) changed.set(path, text)
  return { names, files: changed }
}

async function need(files: Files, path: string): Promise<string> {
  const text = await files.read(path)
  if (text === undefined) throw new GraphError(`${path} is not there`)
  return text
}

/** The one after all that are in use. */
function nextPort(...texts: readonly string[]): number {
  const ports = texts.flatMap((text) =>
    [...text.matchAll(/(?:127\.0\.0\.1:|PORT: )(\d{4,5})\b/g)].map(([, port]) => Number(port)),
  )
  return Math.max(4000, ...ports) + 1
}

/** What several subgraphs have is described the same way in all of them. */
const descriptionsOf = (api: GraphQLSchema): { Query: string; Mutation: string } => ({
  Query: api.getQueryType()?.description ?? 'What can be read.',
  Mutation: api.getMutationType()?.description ?? 'What can be changed.',
})

async function edit(files: Files, names: Names & { port: number }): Promise<Map<string, string>> {
  const edited = new Map<string, string>()
  for (const { file, apply } of EDITS) {
    const text = edited.get(file) ?? (await need(files, file))
    if (!edited.has(file)) assertUnmentioned(file, text, names.name)
    edited.set(file, apply(text, names))
  }
  return edited
}

/** Documents may tell of it before it is there, and clients have fields of any name; elsewhere it is named only where it is half made. */
function assertUnmentioned(file: string, text: string, name: string): void {
  const line = text.split('\n').findIndex((one) => new RegExp(`\\b${name}\\b`, 'i').test(one.replace(/#.*/, ''))) + 1
  if (line > 0 && !/\.md$|^client\//.test(file))
    throw new GraphError(
      `${file}:${line} has ${name} already: take another name, or undo what is left of an earlier try`,
    )
}

const run = promisify(execFile)

/** What git can't bring back is not touched. A folder without git is the caller's own risk. */
async function assertCommitted(root: string, paths: readonly string[]): Promise<void> {
  if (!existsSync(join(root, '.git'))) return
  const { stdout } = await run('git', ['status', '--porcelain', '--', ...paths], { cwd: root })
  const changed = stdout.split('\n').flatMap((line) => (line === '' ? [] : line.slice(3)))
  if (changed.length > 0)
    throw new GraphError(`commit or undo your changes first, so that you see what is made: ${changed.join(', ')}`)
}

const overlay = (files: Files, changed: ReadonlyMap<string, string>): Files => ({
  read: async (path) => changed.get(path) ?? files.read(path),
  list: (folder) => files.list(folder),
})

async function compose(files: Files): Promise<ReadonlyMap<string, string>> {
  const composed = composeSupergraph(await readSources(files))
  if (composed.kind === 'failed')
    throw new GraphError(`the graph would not compose with it:\n${composed.errors.map(renderText).join('')}`)
  return composed.files
}
