import { isEnumType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql'
import { groupsOf } from './frame.ts'
import { type Content, html } from './html.ts'
import type { Links } from './links.ts'
import { summarize } from './markdown.ts'
import type { Reference } from './reference.ts'

/** The first page: what there is, by kind, each with the sentence that says what it is for. */
export function indexPage(reference: Reference, links: Links): Content {
  const { types, operations, subgraphs, title } = reference
  const groups = groupsOf(reference).map(
    ({ name, types: all }) =>
      html`<h2>${name}</h2><dl class="glance">${all.map(({ name: type, description }) =>
        glance(links.type(type), type, summarize(description)),
      )}</dl>`,
  )
  const deprecated = deprecatedIn(reference)
  return html`
<h1>${title}</h1>
<p>${types.length} types of ${subgraphs.length} subgraphs (${subgraphs.join(', ')}), and ${operations.length} operations that clients send. <kbd>/</kbd> searches all of it.</p>
${groups}
${operations.length > 0 && html`<h2>Operations</h2><ul class="inline">${operations.map(({ name }) => html`<li><a href="${links.operation(name)}">${name}</a></li>`)}</ul>`}
${deprecated.length > 0 && html`<h2>Deprecated</h2><dl class="glance">${deprecated.map(({ coordinate, reason }) => glance(links.coordinate(coordinate), coordinate, summarize(reason)))}</dl>`}`
}

const glance = (href: string, name: string, text: Content): Content =>
  html`<div><dt><a href="${href}">${name}</a></dt><dd>${text}</dd></div>`

type Deprecated = { coordinate: string; reason: string }

function deprecatedIn({ types }: Reference): Deprecated[] {
  const all: Deprecated[] = []
  const note = (coordinate: string, { deprecationReason: reason }: { deprecationReason?: string | null | undefined }) =>
    typeof reason === 'string' && all.push({ coordinate, reason })
  for (const type of types) {
    if (isEnumType(type)) for (const value of type.getValues()) note(`${type.name}.${value.name}`, value)
    if (isInputObjectType(type))
      for (const field of Object.values(type.getFields())) note(`${type.name}.${field.name}`, field)
    if (!isObjectType(type) && !isInterfaceType(type)) continue
    for (const field of Object.values(type.getFields())) {
      note(`${type.name}.${field.name}`, field)
      for (const given of field.args) note(`${type.name}.${field.name}(${given.name}:)`, given)
    }
  }
  return all
}
