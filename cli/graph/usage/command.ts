import { type GraphQLSchema, isInterfaceType, isObjectType } from 'graphql'
import { readArguments, sinceDay } from '../arguments.ts'
import { GraphError } from '../graph-error.ts'
import { workingTree } from '../source/files.ts'
import { readGraph } from '../source/read-graph.ts'
import { type FieldUse, readUsageLog, type UsageLog } from './usage-log.ts'

const OPTIONS = { usage: { type: 'string' }, days: { type: 'string', default: '30' } } as const

/** `graph usage report --usage FOLDER|REDIS [--days N]`: which fields nobody asked for, and who asks for deprecated ones. */
export async function runUsage(args: string[]): Promise<boolean> {
  const { values, positionals, root, format } = readArguments(args, OPTIONS)
  if (positionals.join(' ') !== 'report') throw new GraphError('usage: expected `usage report`')
  if (values.usage === undefined)
    throw new GraphError('--usage: expected the folder or Redis that the router writes to (USAGE_LOG)')
  const graph = await readGraph(workingTree(root))
  if ('errors' in graph) throw new GraphError(`the graph can't be composed: ${graph.errors[0]?.message}`)
  const log = await readUsageLog(values.usage, sinceDay(values.days))
  const report = reportOn(graph.api, log)
  process.stdout.write(format === 'json' ? `${JSON.stringify(report, null, 2)}\n` : describe(report))
  return true
}

type Field = { coordinate: string; deprecated: string | undefined; uses: readonly FieldUse[] }

/**
 * `days` is on how many days anything was recorded at all. Nothing is `removable` by a log that began (`beginsOn`) within the days
 * asked for.
 */
type UsageReport = {
  days: number
  beginsOn: string | undefined
  unused: string[]
  removable: string[]
  waiting: string[]
  deprecatedInUse: Field[]
}

function reportOn(schema: GraphQLSchema, log: UsageLog): UsageReport {
  const fields = fieldsOf(schema).map((field) => ({ ...field, uses: log.uses.get(field.coordinate) ?? [] }))
  const unused = fields.filter(({ uses }) => uses.length === 0)
  const coordinates = (isDeprecated: boolean) =>
    unused.filter(({ deprecated }) => (deprecated !== undefined) === isDeprecated).map(({ coordinate }) => coordinate)
  return {
    days: log.days.length,
    beginsOn: log.beginsOn,
    unused: coordinates(false),
    removable: log.isWhole ? coordinates(true) : [],
    waiting: log.isWhole ? [] : coordinates(true),
    deprecatedInUse: fields.filter(({ deprecated, uses }) => deprecated !== undefined && uses.length > 0),
  }
}

const fieldsOf = (schema: GraphQLSchema): Pick<Field, 'coordinate' | 'deprecated'>[] =>
  Object.values(schema.getTypeMap()).flatMap((type) => {
    if (!(isObjectType(type) || isInterfaceType(type)) || type.name.startsWith('__')) return []
    return Object.values(type.getFields()).map(({ name, deprecationReason }) => ({
      coordinate: `${type.name}.${name}`,
      deprecated: deprecationReason ?? undefined,
    }))
  })

function describe({ days, beginsOn, unused, removable, waiting, deprecatedInUse }: UsageReport): string {
  const list = (coordinates: readonly string[]) =>
    coordinates.length === 0 ? '  none' : coordinates.map((coordinate) => `  ${coordinate}`).join('\n')
  const inUse = deprecatedInUse.flatMap(({ coordinate, uses }) =>
    uses.map(
      ({ client, version, count, lastDay }) =>
        `${coordinate}: ${client} ${version}, ${count} times, last on ${lastDay}`,
    ),
  )
  const tooShort = `
Deprecated and asked for by nobody so far; the log is too short (since ${beginsOn ?? 'never'}) to let it go:
${list(waiting)}
`
  return `What was recorded on ${days} ${days === 1 ? 'day' : 'days'} says:

Deprecated and asked for by nobody, so it may go:
${list(removable)}
${waiting.length > 0 ? tooShort : ''}
Deprecated and still asked for:
${list(inUse)}

Asked for by nobody:
${list(unused)}
`
}
