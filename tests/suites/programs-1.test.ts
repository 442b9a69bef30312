import { runTogether } from '../support/together.ts'

await runTogether('programs', 1)
