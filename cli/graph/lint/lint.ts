import { type DocumentNode, GraphQLError, Kind, parse, Source } from 'graphql'
import { parse as parseYaml } from 'yaml'
import { z } from 'zod'
import { GraphError } from '../graph-error.ts'
import type { Finding } from '../report/finding.ts'
import type { Files } from '../source/files.ts'
import { readSources } from '../source/read-graph.ts'
import { type Element, elementsOf } from './elements.ts'
import { RULES } from './rules.ts'

/** Where exceptions stand, each with its reason. */
export const WAIVERS_FILE = 'schema/lint-waivers.yaml'

/** What the file of exceptions holds. */
export const waiversSchema = z.array(
  z.strictObject({ rule: z.enum(Object.keys(RULES)), coordinate: z.string(), reason: z.string().min(1) }),
)

type Waiver = z.output<typeof waiversSchema>[number]

const NOTHING: DocumentNode = { kind: Kind.DOCUMENT, definitions: [] }

/** What the rules have against the schemas by hand, less what is waived. A waiver that nothing needs is an error, too. */
export async function lint(files: Files): Promise<Finding[]> {
  const sources = await readSources(files)
  const commonSdl = sources[0]?.commonSdl ?? ''
  const common = commonSdl.trim() === '' ? NOTHING : parseFile(commonSdl, 'schema/common.graphql')
  const own = sources.map(
    ({ name, sdl }) => [parseFile(sdl, `schema/${name}.graphql`), `schema/${name}.graphql`] as const,
  )
  const elements = [
    ...elementsOf(common, 'schema/common.graphql', []),
    ...own.flatMap(([document, file]) => elementsOf(document, file, [common])),
  ]
  const waivers = await readWaivers(files)
  const findings = elements.flatMap((element) => objectionsTo(element, waivers))
  return [...findings, ...unneeded(waivers, elements)]
}

function objectionsTo(element: Element, waivers: readonly Waiver[]): Finding[] {
  return Object.entries(RULES).flatMap(([id, { objection, reason, fix }]) => {
    const said = objection(element)
    if (said === undefined || waivers.some((waiver) => isFor(waiver, id, element))) return []
    const message = `${element.coordinate} ${said}: ${reason}`
    return [{ severity: 'error' as const, rule: id, message, places: [element.place], hint: fix }]
  })
}

const isFor = ({ rule, coordinate }: Waiver, id: string, element: Element): boolean =>
  rule === id && coordinate === element.coordinate

function unneeded(waivers: readonly Waiver[], elements: readonly Element[]): Finding[] {
  const isNeeded = ({ rule, coordinate }: Waiver) =>
    elements.some((element) => element.coordinate === coordinate && RULES[rule]?.objection(element) !== undefined)
  return waivers
    .filter((waiver) => !isNeeded(waiver))
    .map(({ rule, coordinate }) => ({
      severity: 'error',
      rule: 'waiver-unneeded',
      message: `${coordinate} needs no waiver of ${rule}`,
      places: [{ file: WAIVERS_FILE, line: 1 }],
      hint: 'remove the waiver',
    }))
}

async function readWaivers(files: Files): Promise<Waiver[]> {
  const text = await files.read(WAIVERS_FILE)
  const waivers = waiversSchema.safeParse(text === undefined ? [] : (parseYaml(text) ?? []))
  if (!waivers.success) throw new GraphError(`${WAIVERS_FILE}: ${z.prettifyError(waivers.error)}`)
  return waivers.data
}

function parseFile(text: string, file: string): DocumentNode {
  try {
    return parse(new Source(text, file))
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error
    throw new GraphError(`${file}:${error.locations?.[0]?.line ?? 1}: ${error.message}`)
  }
}
