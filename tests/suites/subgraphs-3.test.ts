import { runTogether } from '../support/together.ts'

await runTogether('subgraphs', 3)
