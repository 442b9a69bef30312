import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { HttpHandler } from '#platform/runtime/http.ts'
import { answerPage } from './answer-page.ts'

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
}

// Their names change with their contents.
const ASSETS = { 'cache-control': 'public, max-age=31536000, immutable' }

/**
 * The handlers of a built page: its `index.html` at `path` and each of its assets, with `headers`. All of it is read now, once:
 * what is not listed here can't be asked for, and a build under way changes nothing. Undefined where nothing was built.
 */
export async function readBuiltSite(
  folder: string,
  { path, headers }: { path: string; headers: Record<string, string> },
): Promise<Record<string, HttpHandler> | undefined> {
  const index = await readIfThere(join(folder, 'index.html'))
  if (index === undefined) return undefined
  const page = answerPage(index, { ...headers, 'content-type': contentTypeOf('index.html') })
  const names = await readdir(join(folder, 'assets'))
  const assets = await Promise.all(
    names.map(async (name): Promise<[string, HttpHandler]> => {
      const file = await readFile(join(folder, 'assets', name))
      return [
        `${path}/assets/${name}`,
        answerPage(file, { ...headers, ...ASSETS, 'content-type': contentTypeOf(name) }),
      ]
    }),
  )
  return { [path]: page, [`${path}/`]: page, ...Object.fromEntries(assets) }
}

function contentTypeOf(name: string): string {
  const type = CONTENT_TYPES[extname(name)]
  if (type === undefined) throw new Error(`${name}: expected one of ${Object.keys(CONTENT_TYPES).join(' ')}`)
  return type
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
