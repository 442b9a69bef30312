import { SUBGRAPHS } from '#platform/runtime/names.ts'
import { GraphError } from '../graph/graph-error.ts'
import type { Names } from './names.ts'

/** What is put into a file that names all subgraphs. */
export type Edit = {
  file: string
  /** Throws {@link GraphError} where the file is not as it was expected. */
  apply(text: string, names: Names & { port: number }): string
}

type Place = { file: string; after: RegExp; add(names: Names & { port: number }): string }

const any = `(?:${SUBGRAPHS.join('|')})`

/** After the last match of `after` stands what `add` gives. */
const PLACES: readonly Place[] = [
  {
    file: 'platform/runtime/names.ts',
    after: /(?<=export const SUBGRAPHS = \[[^\]]*)'[a-z0-9]+'/g,
    add: ({ name }) => `, '${name}'`,
  },
  {
    file: 'subgraphs/registry.ts',
    after: new RegExp(`^  ${any}: async .*$`, 'gm'),
    add: ({ name }) => `\n  ${name}: async () => (await import('./${name}/index.ts')).${name},`,
  },
  {
    file: 'supergraph.yaml',
    after: new RegExp(`^      file: \\./schema/subgraphs/${any}\\.graphql$`, 'gm'),
    add: ({ name, port }) =>
      `\n  ${name}:\n    routing_url: http://127.0.0.1:${port}/graphql\n    schema:\n      file: ./schema/subgraphs/${name}.graphql`,
  },
  {
    file: 'codegen.yml',
    after: new RegExp(`^  \\.generated/${any}\\.ts:(?:\\n {4,}.*)*`, 'gm'),
    add: ({ name, Name, Entity }) => `
  .generated/${name}.ts:
    schema: [schema/common.graphql, schema/${name}.graphql]
    plugins: [typescript, typescript-resolvers]
    config:
      contextType: ../subgraphs/${name}/context.ts#${Name}Context
      mappers:
        ${Entity}: ../subgraphs/${name}/persistence.ts#${Entity}Row`,
  },
  {
    file: 'docker-compose.yml',
    after: new RegExp(`^  ${any.toUpperCase()}_URL: .*$`, 'gm'),
    add: ({ name, port }) => `\n  ${name.toUpperCase()}_URL: http://${name}:${port}/graphql`,
  },
  {
    file: 'docker-compose.yml',
    after: new RegExp(`^      ${any}: \\{ condition: service_healthy \\}$`, 'gm'),
    add: ({ name }) => `\n      ${name}: { condition: service_healthy }`,
  },
  {
    file: 'docker-compose.yml',
    after: new RegExp(`^  ${any}:\\n    <<: \\*agora(?:\\n {4,}.*)*`, 'gm'),
    add: ({ name, port }) => `

  ${name}:
    <<: *agora
    command: [node, subgraphs/main.ts, serve, ${name}]
    environment:
      <<: *subgraph
      PORT: ${port}
      SERVICE_KEY: \${${name.toUpperCase()}_SERVICE_KEY:?run \`npm run keys\`}`,
  },
  {
    file: '.env.example',
    after: new RegExp(`^${any.toUpperCase()}_URL=$`, 'gm'),
    add: ({ name }) => `\n\n# GraphQL address of the ${name} subgraph\n${name.toUpperCase()}_URL=`,
  },
  {
    file: 'README.md',
    after: new RegExp(`^\\| ${any} \\| \\d+ \\| .*$`, 'gm'),
    add: ({ name, port }) => `\n| ${name} | ${port} | PostgreSQL | ${name} |`,
  },
  {
    file: 'docs/errors.md',
    after: /^\| `\w+Error`: .*$/gm,
    add: ({ name, Entity }) => `\n| \`${Entity}Error\`: ${name} | \`INVALID_NAME\` |`,
  },
  {
    file: 'docs/observability.md',
    after: new RegExp(`'${any}:\\d+'`, 'g'),
    add: ({ name, port }) => `, '${name}:${port}'`,
  },
]

/** Everything that is edited, in the order in which it is. */
export const EDITS: readonly Edit[] = [
  ...PLACES.map(({ file, after, add }) => ({
    file,
    apply: (text: string, names: Names & { port: number }) => {
      const last = [...text.matchAll(after)].at(-1)
      if (last === undefined) throw unexpected(file, `the place where the subgraphs are named (${after.source})`)
      const at = last.index + last[0].length
      return `${text.slice(0, at)}${add(names)}${text.slice(at)}`
    },
  })),
  {
    file: '.oxlintrc.json',
    apply: (text, { name }) => {
      const all = `(${SUBGRAPHS.join('|')})`
      if (!text.includes(all)) throw unexpected('.oxlintrc.json', `import rules with ${all}`)
      return text.replaceAll(all, `(${[...SUBGRAPHS, name].join('|')})`)
    },
  },
  {
    file: 'client/apollo-cache.ts',
    apply: (text, { Entity }) => {
      const list = /(?<=UserError: \[)[^\]]*/.exec(text)?.[0]
      if (list === undefined) throw unexpected('client/apollo-cache.ts', 'the possible types of UserError')
      const types = [...(list.match(/'\w+'/g) ?? []), `'${Entity}Error'`].toSorted()
      return text.replace(list, types.join(', '))
    },
  },
]

const unexpected = (file: string, what: string): GraphError =>
  new GraphError(`${file}: expected ${what}; name the new subgraph there by hand, as docs/add-a-subgraph.md says`)
