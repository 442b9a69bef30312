/** Where things stand, as addresses from the page at hand: relative, so that the folder may lie anywhere. */
export type Links = {
  /** A file of the folder. */
  file(path: string): string
  type(name: string): string
  /** Of `Type.part`, or `Type.field(argument:)`. */
  coordinate(coordinate: string): string
  operation(name: string, line?: number): string
}

/** The path of each page in the folder, by the name of its type or operation. */
export type Paths = { types: ReadonlyMap<string, string>; operations: ReadonlyMap<string, string> }

/** Gives every page a path of its own, also where upper and lower case are the same to the file system. */
export const choosePaths = (types: readonly string[], operations: readonly string[]): Paths => ({
  types: distinct('types', types),
  operations: distinct('operations', operations),
})

function distinct(folder: string, names: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set<string>()
  return new Map(
    names.map((name) => {
      let file = name.replaceAll(/[^\w.-]/g, '-')
      while (taken.has(file.toLowerCase())) file += '-'
      taken.add(file.toLowerCase())
      return [name, `${folder}/${file}.html`]
    }),
  )
}

/** The addresses as seen from `page`, a path in the folder. */
export function linksFrom(page: string, paths: Paths): Links {
  const up = '../'.repeat(page.split('/').length - 1)
  const type = (name: string) => `${up}${paths.types.get(name) ?? 'index.html'}`
  return {
    file: (path) => `${up}${path}`,
    type,
    coordinate: (coordinate) => {
      const [name = '', part] = coordinate.split('.')
      return part === undefined ? type(name) : `${type(name)}#${anchorOf(coordinate)}`
    },
    operation: (name, line) =>
      `${up}${paths.operations.get(name) ?? 'index.html'}${line === undefined ? '' : `#L${line}`}`,
  }
}

/** Where a part of a type stands in its page: `field`, `field.argument`. */
export function anchorOf(coordinate: string): string {
  const [, part = ''] = coordinate.split('.')
  return part.replace('(', '.').replace(':)', '')
}
