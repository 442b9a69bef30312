import { runTogether } from '../support/together.ts'

await runTogether('parts', 1)
