import { runTogether } from '../support/together.ts'

await runTogether('supergraph', 3)
