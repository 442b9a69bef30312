import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after } from 'node:test'

/** A git repository with a graph of two subgraphs, and the operations that clients send; gone after the file's tests. */
export type TestRepository = {
  root: string
  git(...args: string[]): string
  /** Puts `text` in the place of the only `part` of a file. */
  edit(file: string, part: string, text: string): Promise<void>
  write(file: string, text: string): Promise<void>
  /** Begins a branch at main; `commit` ends it. */
  branch(): void
  commit(message: string): void
}

const LINK = (imports: string) =>
  `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [${imports}])\n`

const FILES: Readonly<Record<string, string>> = {
  'supergraph.yaml': `subgraphs:
  books:
    routing_url: http://127.0.0.1:4101/graphql
  reviews:
    routing_url: http://127.0.0.1:4102/graphql
`,
  'contracts.yaml': 'shop:\n  exclude: [office]\n',
  'schema/common.graphql': `"A page."
type PageInfo @shareable {
  "Whether there is more."
  hasNextPage: Boolean!
}
`,
  'schema/books.graphql': `${LINK('"@key", "@shareable", "@tag"')}
"Reads."
type Query {
  "Books about something."
  books(
    "What about."
    topic: String
  ): [Book!]
  "The page after."
  page: PageInfo
}

"A book."
type Book @key(fields: "id") {
  "Its id."
  id: ID!
  "Its title."
  title: String!
  "Gone soon."
  heading: String @deprecated(reason: "2026-11-01: use title")
  "How often it was printed."
  printings: Int!
  "How one gets it."
  format: Format!
  "Where it stands."
  shelf: String @tag(name: "office")
}

"How one gets a book."
enum Format {
  "On paper."
  PAPER
  "As a file."
  FILE
}
`,
  'schema/reviews.graphql': `${LINK('"@key", "@shareable"')}
"A book."
type Book @key(fields: "id") {
  "Its id."
  id: ID!
  "What people say."
  reviews: [String!]
}

"Reads."
type Query {
  "A page of reviews."
  reviewPage: PageInfo
}

"Writes."
type Mutation {
  "Says something about a book."
  review(
    "What is said."
    input: ReviewInput!
  ): Book
}

"What is said of a book."
input ReviewInput {
  "The book."
  bookId: ID!
  "In words."
  text: String
  "In a mood."
  mood: Mood
}

"How somebody feels."
enum Mood {
  "Glad."
  GLAD
}
`,
  'examples/operations/list-books.graphql': `query ListBooks {
  books(topic: "money") {
    id
    title
    format
    reviews
  }
}
`,
  'examples/operations/review.graphql': `mutation Review($input: ReviewInput!) {
  review(input: $input) {
    id
  }
}
`,
}

/** A new {@link TestRepository}; everything in it is committed on main. */
export async function createRepository(): Promise<TestRepository> {
  const root = await mkdtemp(join(tmpdir(), 'agora-graph-'))
  after(() => rm(root, { recursive: true }))
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim()
  const write = async (file: string, text: string) => {
    await mkdir(dirname(join(root, file)), { recursive: true })
    await writeFile(join(root, file), text)
  }
  const commit = (message: string) => {
    git('add', '--all')
    git('commit', '--quiet', '--message', message)
  }
  for (const [file, text] of Object.entries(FILES)) await write(file, text)
  git('init', '--quiet', '--initial-branch=main')
  git('config', 'user.email', 'graph@example.com')
  git('config', 'user.name', 'Graph')
  commit('what is released')
  let branches = 0
  return {
    root,
    git,
    write,
    commit,
    branch: () => void git('checkout', '--quiet', '--force', '-b', `change-${(branches += 1)}`, 'main'),
    edit: async (file, part, text) => {
      const parts = (await readFile(join(root, file), 'utf8')).split(part)
      assert.equal(parts.length, 2, `${file}: expected one ${part}`)
      await writeFile(join(root, file), parts.join(text))
    },
  }
}
