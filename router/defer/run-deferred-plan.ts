import { GraphQLError } from 'graphql'
import { maskErrors } from '../errors.ts'
import type { Step } from '../executor/compile-plan.ts'
import { type Run, runStep } from '../executor/run-plan.ts'
import type { DeferredPlan } from './compile-deferred-plan.ts'

/** Errors of the fetches of one part. */
export type PartErrors = readonly GraphQLError[]

/** A plan under way: what its first part failed in, and the same of each deferred part, by label. */
export type DeferredRun = { primary: Promise<PartErrors>; parts: ReadonlyMap<string, Promise<PartErrors>> }

/**
 * Runs a plan: a deferred part begins as soon as the fetches that it depends on are in. All parts merge into `run.data`,
 * each has errors of its own. No promise is rejected.
 */
export function runDeferredPlan(plan: DeferredPlan, run: Omit<Run, 'errors'>): DeferredRun {
  const fetched = new Map(idsOf(plan).map((id) => [id, Promise.withResolvers<void>()]))
  const parts = new Map<string, Promise<PartErrors>>()
  const isIn = (id: string) => fetched.get(id)?.resolve()
  const start = (from: DeferredPlan, depends: readonly string[]): Promise<PartErrors> => {
    const primary = Promise.all(depends.flatMap((id) => fetched.get(id)?.promise ?? [])).then(async () => {
      const errors = await runPart(from.primary, run, isIn)
      // One that was left out by a condition, or merged with its equal, is not in by itself.
      for (const id of from.fetchIds) isIn(id)
      return errors
    })
    const own = [primary]
    for (const part of from.deferred) {
      // What it depends on may be in before its surroundings are; what it is shown in is not.
      const started = start(part.plan, part.depends)
      if (part.isApart) own.push(started)
      else parts.set(part.label, started)
    }
    return own.length === 1 ? primary : Promise.all(own).then((errors) => errors.flat())
  }
  return { primary: start(plan, []), parts }
}

async function runPart(
  step: Step | undefined,
  run: Omit<Run, 'errors'>,
  isIn: (id: string) => void,
): Promise<PartErrors> {
  const errors: GraphQLError[] = []
  try {
    await runTelling(step, { ...run, errors }, isIn)
  } catch (error) {
    const { requestId } = run.request.context
    const fault = new GraphQLError('unexpected', { originalError: error as Error })
    errors.push(...maskErrors([fault], { log: run.log, requestId }))
  }
  return errors
}

/** Runs a step, and tells of each of its fetches that is in. */
async function runTelling(step: Step | undefined, run: Run, isIn: (id: string) => void): Promise<void> {
  if (step?.kind === 'fetch') {
    await runStep(step, run)
    if (step.node.id !== undefined) isIn(step.node.id)
  } else if (step?.kind === 'condition')
    await runTelling(run.request.variables[step.variable] === true ? step.met : step.otherwise, run, isIn)
  else if (step?.kind === 'parallel') await Promise.all(step.steps.map((inner) => runTelling(inner, run, isIn)))
  else for (const inner of step?.steps ?? []) await runTelling(inner, run, isIn)
}

const idsOf = (plan: DeferredPlan): string[] => [...plan.fetchIds, ...plan.deferred.flatMap((part) => idsOf(part.plan))]
