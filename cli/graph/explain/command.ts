import { writeFile } from 'node:fs/promises'
import { type DocumentNode, GraphQLError, parse } from 'graphql'
import { readArguments } from '../arguments.ts'
import { GraphError } from '../graph-error.ts'
import { type Files, workingTree } from '../source/files.ts'
import { readGraph } from '../source/read-graph.ts'
import { drawPlan, summaryOf } from './draw.ts'
import { explain, type Explanation } from './explain.ts'

const OPTIONS = { variables: { type: 'string' }, svg: { type: 'string' } } as const

/** `graph explain OPERATION [--variables JSON] [--svg FILE]`: an operation of examples/operations by its name, or a file. */
export async function runExplain(args: string[]): Promise<boolean> {
  const { values, positionals, root, format } = readArguments(args, OPTIONS)
  const [name, ...more] = positionals
  if (name === undefined || more.length > 0) throw new GraphError('explain: expected one operation: a name or a file')
  const files = workingTree(root)
  const graph = await readGraph(files)
  if ('errors' in graph) throw new GraphError(`the graph can't be composed: ${graph.errors[0]?.message}`)
  const variables = readVariables(values.variables ?? '{}')
  const explanation = await explain(graph.supergraphSdl, { document: await readOperation(files, name), variables })
  if (values.svg !== undefined) await writeFile(values.svg, drawPlan(explanation))
  process.stdout.write(format === 'json' ? `${JSON.stringify(explanation, null, 2)}\n` : describe(explanation))
  return true
}

async function readOperation(files: Files, name: string): Promise<DocumentNode> {
  const text = (await files.read(`examples/operations/${name}.graphql`)) ?? (await files.read(name))
  if (text === undefined)
    throw new GraphError(`explain: expected an operation of examples/operations or a file, ${name} is none`)
  try {
    return parse(text)
  } catch (error) {
    if (error instanceof GraphQLError) throw new GraphError(`explain: ${name}: ${error.message}`, { cause: error })
    throw error
  }
}

function readVariables(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw new GraphError(`--variables: expected a JSON object, got ${text}`)
}

function describe({ name, cost, fetches, plan }: Explanation): string {
  const steps = Map.groupBy(fetches, ({ step }) => step)
  const lines = [...steps].flatMap(([step, inStep]) =>
    inStep.map(({ subgraph, of, at }, index) => {
      const number = index === 0 ? `${step}.` : '  '
      const what = of.length === 0 ? 'root fields' : of.join(', ')
      return `  ${number} ${subgraph}: ${what}${at === '' ? '' : `, at ${at}`}`
    }),
  )
  const costs = cost === undefined ? '' : `, costs up to ${cost}`
  return `${name}: ${summaryOf(fetches.length, steps.size)}${costs}\n\n${lines.join('\n')}\n\n${plan}\n`
}
