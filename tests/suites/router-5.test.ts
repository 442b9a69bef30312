import { runTogether } from '../support/together.ts'

await runTogether('router', 5)
