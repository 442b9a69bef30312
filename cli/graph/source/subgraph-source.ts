/** One subgraph to compose: its name, its address, its own SDL and the SDL that all share. */
export type SubgraphSource = { name: string; url: string; sdl: string; commonSdl: string }

/** The file by hand that a subgraph's own SDL is in. */
export const sourceFile = (name: string): string => `schema/${name}.graphql`

/** The file of what all subgraphs share. */
export const COMMON_FILE = sourceFile('common')
