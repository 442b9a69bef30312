import { type Explanation, type PlannedFetch, summaryOf } from './explain.ts'

const BOX = { width: 270, height: 58, gapX: 50, gapY: 18 }
const TOP = 64
const LEFT = 24

/** The plan as a picture: a box for each fetch, in the column of its step; whatever is in one column is under way at once. */
export function drawPlan(explanation: Explanation): string {
  const { fetches } = explanation
  const columns = [...Map.groupBy(fetches, ({ step }) => step)].toSorted(([one], [other]) => one - other)
  const rows = Math.max(1, ...columns.map(([, inStep]) => inStep.length))
  const drawn = LEFT * 2 + columns.length * BOX.width + Math.max(0, columns.length - 1) * BOX.gapX
  // The title may be longer than a plan of one step.
  const width = Math.max(drawn, 720)
  const height = TOP + rows * (BOX.height + BOX.gapY) + LEFT
  const boxes = columns.flatMap(([, inStep], column) => inStep.map((fetch, row) => drawFetch(fetch, column, row)))
  const arrows = columns.slice(1).map((_, column) => drawArrow(column))
  const title = summaryOf(explanation)
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif">
<rect width="100%" height="100%" fill="#ffffff"/>
<text x="${LEFT}" y="36" font-size="18" font-weight="600" fill="#1c1f26">${escape(title)}</text>
${[...arrows, ...boxes].join('\n')}
</svg>
`
}

const xOf = (column: number): number => LEFT + column * (BOX.width + BOX.gapX)

function drawFetch({ subgraph, of, at, operation }: PlannedFetch, column: number, row: number): string {
  const [x, y] = [xOf(column), TOP + row * (BOX.height + BOX.gapY)]
  const what = of.length === 0 ? 'root fields' : of.join(', ')
  return `<g><title>${escape(operation)}</title>
<rect x="${x}" y="${y}" width="${BOX.width}" height="${BOX.height}" rx="8" fill="${colourOf(subgraph)}" stroke="#4a5060"/>
<text x="${x + 12}" y="${y + 24}" font-size="15" font-weight="600" fill="#1c1f26">${escape(short(`${subgraph}: ${what}`, 30))}</text>
<text x="${x + 12}" y="${y + 44}" font-size="12" fill="#4a5060">${escape(short(at === '' ? 'at the root' : at, 38))}</text></g>`
}

/** From one step to the next. */
function drawArrow(column: number): string {
  const [from, to, y] = [xOf(column) + BOX.width + 8, xOf(column + 1) - 8, TOP + BOX.height / 2]
  return `<path d="M${from} ${y} H${to} m-7 -5 l7 5 l-7 5" fill="none" stroke="#4a5060" stroke-width="1.5"/>`
}

/** A light colour that a subgraph always has; 7, so that those of this shop are well apart. */
function colourOf(subgraph: string): string {
  const hash = [...subgraph].reduce((sum, letter) => (sum * 7 + letter.charCodeAt(0)) % 360, 7)
  return `hsl(${hash} 70% 90%)`
}

const short = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`)

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
