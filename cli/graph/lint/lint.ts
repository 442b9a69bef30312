import { z } from 'zod'
import { GraphError } from '../graph-error.ts'
import type { Finding } from '../report/finding.ts'
import type { Files } from '../source/files.ts'
import type { Element } from '../source/elements.ts'
import { readElements } from '../source/read-elements.ts'
import { readSources } from '../source/read-graph.ts'
import { readYaml } from '../source/yaml.ts'
import { RULES } from './rules.ts'

/** Where exceptions stand, each with its reason. */
export const WAIVERS_FILE = 'schema/lint-waivers.yaml'

/** What the file of exceptions holds. */
export const waiversSchema = z.array(
  z.strictObject({ rule: z.enum(Object.keys(RULES)), coordinate: z.string(), reason: z.string().min(1) }),
)

type Waiver = z.output<typeof waiversSchema>[number]

/** What the rules have against the schemas by hand, less what is waived. A waiver that nothing needs is an error, too. */
export async function lint(files: Files): Promise<Finding[]> {
  const read = readElements(await readSources(files))
  if ('errors' in read) return read.errors
  const { elements } = read
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
  const waivers = waiversSchema.safeParse(text === undefined ? [] : (readYaml(text, WAIVERS_FILE) ?? []))
  if (!waivers.success) throw new GraphError(`${WAIVERS_FILE}: ${z.prettifyError(waivers.error)}`)
  return waivers.data
}
