import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse as parseGraphQL } from 'graphql'
import { parse as parseYaml } from 'yaml'
import { z } from 'zod'
import { parseContracts } from '../../../router/supergraph/contracts-file.ts'
import { waiversSchema } from '../../../cli/graph/lint/lint.ts'
import { type Block, ROOT } from './pages.ts'
import { jsonOf } from './steps.ts'

/** What is tested of a block without a shop; throws where it is wrong. */
type Check = (block: Block) => unknown

const testedElsewhere: Check = () => undefined
const parseYamlBlock: Check = ({ text }) => parseYaml(text, { merge: true })

/**
 * Every kind of block that a page may have: a language, and its flag where there is one. What is not here can't be tested, and fails.
 * Operations, commands and modules are run by other tests of this folder.
 */
const KINDS: Readonly<Record<string, Check>> = {
  graphql: testedElsewhere,
  // Part of a subgraph's schema.
  'graphql sdl': ({ text }) => parseGraphQL(text),
  // Goes into a file of the repository: add-a-field.test.ts puts it there.
  'graphql edit': testedElsewhere,
  'ts edit': testedElsewhere,
  sh: testedElsewhere,
  // Prints without end: its first line is what the page shows.
  'sh follow': testedElsewhere,
  ts: testedElsewhere,
  'ts router-options': testedElsewhere,
  'json variables': jsonOf,
  'json headers': jsonOf,
  'json answer': jsonOf,
  // Shows the shape of something that a test of its own brings about.
  'json example': jsonOf,
  'yaml contracts': ({ text }) => parseContracts(text),
  'yaml waivers': ({ text }) => waiversSchema.parse(parseYaml(text)),
  // Part of .github/workflows/checks.yml: each of its steps stands there.
  'yaml workflow': checkWorkflow,
  // For programs that are not ours.
  'yaml prometheus': parseYamlBlock,
  'yaml kubernetes': parseYamlBlock,
  // Drawings, and what a terminal prints.
  text: testedElsewhere,
  // No compiler for them here; their pages say that they were not run.
  swift: testedElsewhere,
  kotlin: testedElsewhere,
}

function checkWorkflow({ text }: Block): void {
  const workflow = readFileSync(join(ROOT, '.github/workflows/checks.yml'), 'utf8')
  for (const { run, uses } of workflowSchema.parse(parseYaml(text)).jobs.graph.steps)
    assert.ok(workflow.includes(run ?? uses ?? ''), `checks.yml has no step ${run ?? uses}`)
}

const step = z.object({ run: z.string().optional(), uses: z.string().optional() })
const workflowSchema = z.object({ jobs: z.object({ graph: z.object({ steps: z.array(step) }) }) })

/** Checks a block as its kind has it. Throws where it is wrong, or of no kind that is tested. */
export function checkBlock(block: Block): void {
  const kind = [block.language, ...block.flags].join(' ')
  const check = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined
  if (check === undefined)
    throw new Error(
      `\`\`\`${kind} is no kind of block that is tested: expected one of ${Object.keys(KINDS).join(', ')}`,
    )
  check(block)
}
