import { readdir, readFile } from 'node:fs/promises'
import type { Names } from './names.ts'

const FOLDER = new URL('template/', import.meta.url)

/** The files of a new subgraph, by their path in the repository. */
export async function fillTemplate(
  words: Names & Readonly<Record<string, string>>,
): Promise<ReadonlyMap<string, string>> {
  const names = await readdir(FOLDER, { recursive: true })
  const paths = names.filter((name) => name.endsWith('.txt')).toSorted()
  const files = paths.map(async (path): Promise<[string, string]> => {
    const text = await readFile(new URL(path, FOLDER), 'utf8')
    return [
      path
        .replaceAll('\\', '/')
        .replace(/\.txt$/, '')
        .replaceAll('NAME', words.name),
      fill(text, words),
    ]
  })
  return new Map(await Promise.all(files))
}

const fill = (text: string, words: Readonly<Record<string, string>>): string =>
  text.replaceAll(/\{\{(\w+)\}\}/g, (_whole, word: string) => {
    const value = words[word]
    if (value === undefined) throw new Error(`the template asks for ${word}, which nobody gives`)
    return value
  })
