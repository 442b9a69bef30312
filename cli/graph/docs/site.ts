import { readFile } from 'node:fs/promises'
import { frame, type Page } from './frame.ts'
import { indexPage } from './index-page.ts'
import { choosePaths, linksFrom, type Paths } from './links.ts'
import { operationPage } from './operation-page.ts'
import type { Reference } from './reference.ts'
import { searchScript } from './search-index.ts'
import { typePage } from './type-page.ts'

const ASSETS = new URL('../../../web/reference/', import.meta.url)

/** Every file of the reference, by its path in the folder. */
export async function renderSite(reference: Reference): Promise<ReadonlyMap<string, string>> {
  const paths = choosePaths(
    reference.types.map(({ name }) => name),
    reference.operations.map(({ name }) => name),
  )
  const pages = pagesOf(reference, paths).map((page): [string, string] => [
    page.path,
    frame(page, reference, linksFrom(page.path, paths)),
  ])
  return new Map([
    ...pages,
    ['search.js', searchScript(reference, paths)],
    ['find.js', await findScript()],
    ['page.js', await readFile(new URL('page.js', ASSETS), 'utf8')],
    ['page.css', await readFile(new URL('page.css', ASSETS), 'utf8')],
  ])
}

/** The library that searches, with its license, and how it is asked. */
async function findScript(): Promise<string> {
  const library = new URL(import.meta.resolve('minisearch'))
  // Of its builds the one that is no module.
  const [license, code] = await Promise.all([
    readFile(new URL('../../LICENSE.txt', library), 'utf8'),
    readFile(new URL('../umd/index.js', library), 'utf8'),
  ])
  const own = await readFile(new URL('find.js', ASSETS), 'utf8')
  return `/*! MiniSearch\n${license}*/\n${code.replace(/^\/\/# sourceMappingURL=.*$/m, '')}\n${own}`
}

function pagesOf(reference: Reference, paths: Paths): Page[] {
  const scope = (path: string) => ({ reference, links: linksFrom(path, paths) })
  const of = (all: ReadonlyMap<string, string>, name: string) => all.get(name) ?? ''
  const types = reference.types.map((type): Page => {
    const path = of(paths.types, type.name)
    return { path, title: type.name, main: typePage(type, scope(path)) }
  })
  const operations = reference.operations.map((operation): Page => {
    const path = of(paths.operations, operation.name)
    return { path, title: operation.name, main: operationPage(operation, scope(path)) }
  })
  const first = {
    path: 'index.html',
    title: reference.title,
    main: indexPage(reference, linksFrom('index.html', paths)),
  }
  return [first, ...types, ...operations]
}
