import { writeFile } from 'node:fs/promises'
import { type DocumentNode, GraphQLError, parse } from 'graphql'
import { z } from 'zod'
import { readArguments } from '../arguments.ts'
import { GraphError } from '../graph-error.ts'
import { type Files, workingTree } from '../source/files.ts'
import { OPERATIONS_FOLDER as FOLDER } from '../source/operations.ts'
import { readGraph } from '../source/read-graph.ts'
import type { Variables } from './cost.ts'
import { drawPlan } from './draw.ts'
import { explain, type Explanation, summaryOf } from './explain.ts'

const OPTIONS = { variables: { type: 'string' }, svg: { type: 'string' } } as const

/** `graph explain OPERATION [--variables JSON] [--svg FILE]`: an operation of examples/operations by its name, or a file. */
export async function runExplain(args: string[]): Promise<boolean> {
  const { values, positionals, root, format } = readArguments(args, OPTIONS)
  const [name, ...more] = positionals
  if (name === undefined || more.length > 0) throw new GraphError('explain: expected one operation: a name or a file')
  const files = workingTree(root)
  const graph = await readGraph(files)
  if ('errors' in graph) throw new GraphError(`the graph can't be composed: ${graph.errors[0]?.message}`)
  const given = readVariables(values.variables ?? '{}')
  const { document, example } = await readOperation(files, name)
  const explanation = await explain(graph.supergraphSdl, { document, variables: given, example })
  if (values.svg !== undefined) await writeFile(values.svg, drawPlan(explanation))
  process.stdout.write(format === 'json' ? `${JSON.stringify(explanation, null, 2)}\n` : describe(explanation))
  return true
}

/** An operation; of examples/operations with the variables that it is sent with there. */
async function readOperation(files: Files, name: string): Promise<{ document: DocumentNode; example: Variables }> {
  const known = await files.read(`${FOLDER}/${name}.graphql`)
  if (known !== undefined) {
    const sent = await files.read(`${FOLDER}/${name}.json`)
    return { document: parseOperation(known, name), example: sent === undefined ? {} : readSent(sent, name) }
  }
  const text = await files.read(name)
  if (text === undefined)
    throw new GraphError(`explain: expected an operation of examples/operations or a file, ${name} is none`)
  return { document: parseOperation(text, name), example: {} }
}

const sentSchema = z.object({ variables: z.record(z.string(), z.unknown()) })

function readSent(text: string, name: string): Variables {
  try {
    return sentSchema.parse(JSON.parse(text)).variables
  } catch (error) {
    throw new GraphError(`${FOLDER}/${name}.json: expected variables as JSON`, { cause: error })
  }
}

function parseOperation(text: string, name: string): DocumentNode {
  try {
    return parse(text)
  } catch (error) {
    if (error instanceof GraphQLError) throw new GraphError(`explain: ${name}: ${error.message}`, { cause: error })
    throw error
  }
}

function readVariables(text: string): Variables {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw new GraphError(`--variables: expected a JSON object, got ${text}`)
}

function describe(explanation: Explanation): string {
  const { fetches, missing, plan } = explanation
  const steps = Map.groupBy(fetches, ({ step }) => step)
  const lines = [...steps].flatMap(([step, inStep]) =>
    inStep.map(({ subgraph, of, at }, index) => {
      const number = index === 0 ? `${step}.` : '  '
      const what = of.length === 0 ? 'root fields' : of.join(', ')
      return `  ${number} ${subgraph}: ${what}${at === '' ? '' : `, at ${at}`}`
    }),
  )
  const more = missing.length === 0 ? '' : `\nGive --variables '{"${missing[0]}": …}' to know the cost.`
  return `${summaryOf(explanation)}${more}\n\n${lines.join('\n')}\n\n${plan}\n`
}
