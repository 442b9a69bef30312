import {
  type DocumentNode,
  type GraphQLSchema,
  specifiedScalarTypes,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import type { ClientDocument } from '../source/operations.ts'
import { type Content, html } from './html.ts'
import type { Links } from './links.ts'
import type { Reference } from './reference.ts'

/** An operation as it is written, its lines numbered, every name of the schema in it a link. */
export function operationPage(
  operation: ClientDocument,
  { reference, links }: { reference: Reference; links: Links },
): Content {
  const text = operation.document.loc?.source.body.trimEnd() ?? ''
  const names = namesIn(operation.document, reference.api)
  let start = 0
  const lines = text.split('\n').map((line, index) => {
    const from = start
    start += line.length + 1
    const id = `L${index + 1}`
    return html`<span class="line" id="${id}"><a class="number" href="#${id}">${index + 1}</a>${linked(line, from, names, links)}\n</span>`
  })
  return html`
<p class="kind">operation</p>
<h1>${operation.name}</h1>
<p><code>${operation.file}</code></p>
<pre class="source"><code>${lines}</code></pre>`
}

const isBuiltIn = (name: string): boolean => specifiedScalarTypes.some((scalar) => scalar.name === name)

type Name = { start: number; end: number; coordinate: string }

/** What a document names of the schema, in the order in which it stands there. */
function namesIn(document: DocumentNode, api: GraphQLSchema): Name[] {
  const names: Name[] = []
  const types = new TypeInfo(api)
  const add = (node: { loc?: { start: number; end: number } | undefined }, coordinate: string) =>
    node.loc !== undefined && names.push({ start: node.loc.start, end: node.loc.end, coordinate })
  visit(
    document,
    visitWithTypeInfo(types, {
      enter: (node) => {
        const [parent, field, argument] = [types.getParentType(), types.getFieldDef(), types.getArgument()]
        if (node.kind === 'Field' && parent && field) add(node.name, `${parent.name}.${field.name}`)
        else if (node.kind === 'Argument' && parent && field && argument)
          add(node.name, `${parent.name}.${field.name}(${argument.name}:)`)
        else if (node.kind === 'NamedType') add(node.name, node.name.value)
      },
    }),
  )
  // What GraphQL itself brings has no page.
  return names
    .filter(({ coordinate }) => !coordinate.includes('__') && !isBuiltIn(coordinate))
    .toSorted((one, other) => one.start - other.start)
}

function linked(line: string, from: number, names: readonly Name[], links: Links): Content[] {
  const parts: Content[] = []
  let at = 0
  for (const { start, end, coordinate } of names) {
    if (start < from || end > from + line.length) continue
    const [begin, finish] = [start - from, end - from]
    const text = line.slice(begin, finish)
    parts.push(line.slice(at, begin), html`<a href="${links.coordinate(coordinate)}">${text}</a>`)
    at = finish
  }
  return [...parts, line.slice(at)]
}
