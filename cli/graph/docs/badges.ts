import { type Content, html, joined } from './html.ts'
import type { Links } from './links.ts'
import type { Facts, Reference } from './reference.ts'

type Scope = { reference: Reference; links: Links }

/** What holds for a type, a field or an argument beside its type: whose it is, who may ask, what it costs. */
export function badges(coordinate: string, { reference, isType }: Scope & { isType: boolean }): Content {
  const facts = reference.facts(coordinate)
  const isArgument = coordinate.includes('(')
  const rows: [string, Content][] = [
    ['Subgraph', !isArgument && hasOwners(coordinate, facts, { reference, isType }) && owners(facts)],
    ['Asks for', facts.access !== '' && facts.access],
    ['Cost', facts.cost],
    ['List', facts.listSize && sizeOf(facts.listSize)],
    ['Kept', facts.maxAgeS !== undefined && keptFor(facts.maxAgeS)],
    [
      'Tags',
      facts.tags.length > 0 &&
        joined(
          facts.tags.map((tag) => html`<code>${tag}</code>`),
          ', ',
        ),
    ],
  ]
  const told = rows.filter(([, content]) => content !== false && content !== undefined)
  return (
    told.length > 0 &&
    html`<dl class="facts">${told.map(([name, content]) => html`<div><dt>${name}</dt><dd>${content}</dd></div>`)}</dl>`
  )
}

/** A part that is of the same subgraphs as its whole need not say so again. */
function hasOwners(
  coordinate: string,
  { owners: all }: Facts,
  { reference, isType }: { reference: Reference; isType: boolean },
): boolean {
  if (isType || all.some(({ requires }) => requires !== undefined)) return all.length > 0
  const [type = ''] = coordinate.split('.')
  const names = (of: Facts) => of.owners.map(({ subgraph }) => subgraph).join()
  return all.length > 0 && names(reference.facts(type)) !== names({ ...reference.facts(type), owners: all })
}

const owners = ({ owners: all }: Facts): Content =>
  joined(
    all.map(({ subgraph, keys, requires }) => [
      html`<span class="subgraph">${subgraph}</span>`,
      keys.length > 0 && [
        ' by ',
        joined(
          keys.map((key) => html`<code>${key}</code>`),
          ' or by ',
        ),
      ],
      requires !== undefined && html` from <code>${requires}</code>`,
    ]),
    ', ',
  )

function sizeOf({ assumedSize, slicingArguments, sizedFields }: NonNullable<Facts['listSize']>): string {
  const by = slicingArguments.map((path) => path.join('.')).join(' or ')
  const of = [...sizedFields].join(', ')
  const sizes = [by === '' ? '' : `as many as ${by} says`, assumedSize === undefined ? '' : `counts as ${assumedSize}`]
  return `${sizes.filter((size) => size !== '').join('; ')}${of === '' ? '' : ` (${of})`}`
}

const keptFor = (seconds: number): string => (seconds === 0 ? 'never' : `for ${seconds} s at most`)

// More are folded away: a type like Money is used by nearly all.
const SHOWN_USES = 4

/** The operations that use a coordinate, each with a link to its first line that does. */
export function usesIn(coordinate: string, { reference, links }: Scope): Content {
  const uses = reference.uses(coordinate)
  if (uses.length === 0) return undefined
  const entries = uses.map(
    ({ operation, lines }) => html`<a href="${links.operation(operation, lines[0])}">${operation}</a>`,
  )
  if (uses.length <= SHOWN_USES) return html`<p class="uses">Used by ${joined(entries, ', ')}</p>`
  return html`<details class="uses"><summary>Used by ${uses.length} operations</summary><p>${joined(entries, ', ')}</p></details>`
}
