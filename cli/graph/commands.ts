/** A command: resolves with whether all is well. Throws GraphError where it can't do its work. */
export type Command = { summary: string; run(args: string[]): Promise<boolean> }

// Each is loaded when it is run: planner and composition take a while.
/** Every command by its name. */
export const COMMANDS = {
  compose: {
    summary: 'writes schema/supergraph.graphql, schema/api.graphql and schema/subgraphs/',
    run: async (args) => (await import('./compose/command.ts')).runCompose(args),
  },
  check: {
    summary: 'whether the graph may replace the one of another revision',
    run: async (args) => (await import('./check/command.ts')).runCheck(args),
  },
  lint: {
    summary: 'whether the schemas keep the rules of the house',
    run: async (args) => (await import('./lint/command.ts')).runLint(args),
  },
  diff: {
    summary: 'what changed in the API since another revision',
    run: async (args) => (await import('./diff/command.ts')).runDiff(args),
  },
  contract: {
    summary: 'the API of a variant of contracts.yaml',
    run: async (args) => (await import('./contract/command.ts')).runContract(args),
  },
  explain: {
    summary: 'the query plan of an operation, with its cost; --svg FILE draws it',
    run: async (args) => (await import('./explain/command.ts')).runExplain(args),
  },
  docs: {
    summary: 'a reference of the graph as pages under docs/graph/; --contract NAME, --out FOLDER',
    run: async (args) => (await import('./docs/command.ts')).runDocs(args),
  },
  usage: {
    summary: 'usage report: which fields clients ask for, by what routers recorded',
    run: async (args) => (await import('./usage/command.ts')).runUsage(args),
  },
} satisfies Record<string, Command>

/** The name of a command. */
export type CommandName = keyof typeof COMMANDS

const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length))

/** What `graph help` prints. */
export const HELP = `Usage: npm run graph -- COMMAND [OPTIONS]   (or: npx agora-graph COMMAND [OPTIONS])

${Object.entries(COMMANDS)
  .map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`)
  .join('\n')}

Every command takes --format text|json|sarif|github (--json for short) and --root FOLDER.
Exit codes: 0 all is well, 1 something was found, 2 it could not be done. More: docs/graph-cli.md
`
