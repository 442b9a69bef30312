import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import MarkdownIt, { type Token } from 'markdown-it'

/** A fenced block: ```` ```graphql as=customer cartId=addToCart.cart.id ```` has a setting for each `name=value`, other words are flags. */
export type Block = {
  page: string
  /** Where its first line of text stands. */
  line: number
  language: string
  flags: readonly string[]
  settings: ReadonlyMap<string, string>
  text: string
}

/** A page of the documentation, as far as it can be tested. */
export type Page = {
  /** From the root of the repository. */
  path: string
  blocks: readonly Block[]
  links: readonly string[]
  /** What `#…` may name: one for each heading, as GitHub makes them. */
  anchors: ReadonlySet<string>
  /** Text in backticks. */
  code: readonly string[]
}

/** The root of the repository. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

// What is generated (docs/graph) and what packages bring is not ours to test.
const PAGES = ['*.md', 'docs/*.md', 'docs/decisions/*.md', '{router,sandbox,client,examples,subgraphs}/**/*.md']
// Makes a subgraph of its own; tests/cli/new-subgraph.slow.test.ts does what it says.
const HAS_A_TEST_OF_ITS_OWN: ReadonlySet<string> = new Set(['docs/add-a-subgraph.md'])

/** Every page, the README first, the others by name. */
export function readPages(): Page[] {
  const paths = globSync(PAGES, { cwd: ROOT })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !HAS_A_TEST_OF_ITS_OWN.has(path))
  return paths.toSorted((one, other) => rank(one).localeCompare(rank(other))).map(readPage)
}

// A newcomer's shop: what the README shows of it is compared before any other page has changed something.
const rank = (path: string): string => (path === 'README.md' ? '' : path)

/** Reads one page; `path` is from the root of the repository. */
export function readPage(path: string): Page {
  const tokens = new MarkdownIt().parse(readFileSync(`${ROOT}${path}`, 'utf8'), {})
  const inline = tokens.flatMap(({ children }) => children ?? [])
  return {
    path,
    blocks: tokens.filter(({ type }) => type === 'fence').map((token) => toBlock(path, token)),
    links: inline
      .map((token) => token.attrGet('href') ?? token.attrGet('src'))
      .filter((link) => typeof link === 'string'),
    anchors: anchorsOf(tokens),
    code: inline.filter(({ type }) => type === 'code_inline').map(({ content }) => content),
  }
}

function toBlock(page: string, { info, content, map }: Token): Block {
  const [language = '', ...words] = info.split(/\s+/).filter((word) => word !== '')
  const settings = words.filter((word) => word.includes('='))
  return {
    page,
    line: (map?.[0] ?? 0) + 2,
    language,
    flags: words.filter((word) => !word.includes('=')),
    settings: new Map(settings.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)])),
    text: content,
  }
}

function anchorsOf(tokens: readonly Token[]): Set<string> {
  const anchors = new Set<string>()
  for (const [index, { type }] of tokens.entries()) {
    if (type !== 'heading_open') continue
    const words = tokens[index + 1]?.children ?? []
    const slug = words
      .map(({ content }) => content)
      .join('')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-')
    let anchor = slug
    for (let again = 1; anchors.has(anchor); again += 1) anchor = `${slug}-${again}`
    anchors.add(anchor)
  }
  return anchors
}

/** `docs/money.md:12`. */
export const placeOf = ({ page, line }: Block): string => `${page}:${line}`
