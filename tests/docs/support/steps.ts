import { type Block, type Page, placeOf } from './pages.ts'

/** Something a reader does, with what the page says about it in the blocks after it. */
export type Step = {
  block: Block
  /** The variables that go with an operation. */
  variables?: Block
  /** The headers that go with it. */
  headers?: Block
  /** What the reader gets to see. */
  answer?: Block
}

const DONE: ReadonlySet<string> = new Set(['graphql', 'sh', 'ts'])
const ROLES = ['variables', 'headers', 'answer'] as const

/** What a reader of the page does, in order. Throws where a block tells of a step that is not there. */
export function stepsOf({ blocks }: Page): Step[] {
  const steps: Step[] = []
  for (const block of blocks) {
    if (DONE.has(block.language)) steps.push({ block })
    const role = ROLES.find((name) => block.language === 'json' && block.flags.includes(name))
    if (role === undefined) continue
    const step = steps.at(-1)
    if (step === undefined || step[role] !== undefined)
      throw new Error(`${placeOf(block)}: expected ${role} of one graphql or sh block before it`)
    step[role] = block
  }
  return steps
}

/** The JSON of a block. Throws where it is none, and says where it stands. */
export function jsonOf(block: Block): unknown {
  try {
    return JSON.parse(block.text)
  } catch (error) {
    throw new Error(`${placeOf(block)}: ${String(error)}`, { cause: error })
  }
}
