import { isEnumType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql'
import { linksFrom, type Paths } from './links.ts'
import { firstSentence } from './markdown.ts'
import type { Reference } from './reference.ts'
import { kindOf } from './type-page.ts'

/** What search looks through: name, address from the folder, kind, first sentence. `web/reference/find.js` reads it. */
export type SearchEntry = readonly [name: string, href: string, kind: string, text: string]

/** A script, since a page that is a file may load one, but no JSON. */
export function searchScript(reference: Reference, paths: Paths): string {
  // One line each; `<` could end no script here, but would one day in somebody's page.
  const lines = searchEntries(reference, paths).map((entry) => JSON.stringify(entry).replaceAll('<', '\\u003c'))
  return `globalThis.searchEntries = [\n${lines.join(',\n')}\n]\n`
}

function searchEntries(reference: Reference, paths: Paths): SearchEntry[] {
  const links = linksFrom('index.html', paths)
  const part = (coordinate: string, kind: string, description: string | null | undefined): SearchEntry => [
    coordinate,
    links.coordinate(coordinate),
    kind,
    firstSentence(description),
  ]
  const types = reference.types.flatMap((type) => {
    const own: SearchEntry = [
      type.name,
      links.type(type.name),
      kindOf(type, reference),
      firstSentence(type.description),
    ]
    if (isEnumType(type))
      return [own, ...type.getValues().map((value) => part(`${type.name}.${value.name}`, 'value', value.description))]
    if (isInputObjectType(type))
      return [
        own,
        ...Object.values(type.getFields()).map((one) => part(`${type.name}.${one.name}`, 'field', one.description)),
      ]
    if (!isObjectType(type) && !isInterfaceType(type)) return [own]
    const fields = Object.values(type.getFields()).flatMap((field) => [
      part(`${type.name}.${field.name}`, 'field', field.description),
      ...field.args.map((one) => part(`${type.name}.${field.name}(${one.name}:)`, 'argument', one.description)),
    ])
    return [own, ...fields]
  })
  const operations = reference.operations.map(
    ({ name, file }): SearchEntry => [name, links.operation(name), 'operation', file],
  )
  return [...types, ...operations]
}
