import type { ExecutionResult, GraphQLError } from 'graphql'
import type { Run } from '../executor/run-plan.ts'
import { isAlong, type Path } from '../executor/targets.ts'
import type { DeferredPlan } from './compile-deferred-plan.ts'
import type { DeferredProjection, ProjectedPart } from './deferred-projection.ts'
import type { FoundDeferred } from './find-deferred.ts'
import { type PartErrors, runDeferredPlan } from './run-deferred-plan.ts'
import { isNullAt } from './null-places.ts'

/** A fragment that is still to come at one place; `id` is its own within the answer. */
export type Pending = { readonly id: string; readonly path: Path; readonly label: string | undefined }

/** A fragment that has come; null where a null has risen to it. */
export type Arrived = Pending & { readonly data: ExecutionResult['data']; readonly errors: readonly GraphQLError[] }

/** Fragments that came together, and those that were found to come in them. */
export type LaterPart = {
  readonly arrived: readonly Arrived[]
  readonly pending: readonly Pending[]
  readonly hasNext: boolean
}

/** An answer in parts: each fragment comes after what it stands in. */
export type DeferredAnswer = {
  readonly initial: ExecutionResult
  readonly pending: readonly Pending[]
  readonly later: AsyncGenerator<LaterPart, void>
}

type Awaited = Pending & { readonly found: FoundDeferred }

/** Runs a plan; resolves with the first part as soon as it is there. `labels`: the client's, by ours. */
export async function executeDeferred(
  plan: DeferredPlan,
  projection: DeferredProjection,
  run: Omit<Run, 'errors'>,
  labels: ReadonlyMap<string, string | undefined>,
): Promise<DeferredAnswer> {
  const { primary, parts } = runDeferredPlan(plan, run)
  const { variables } = run.request
  let ids = 0
  const awaited = (found: readonly FoundDeferred[]): Awaited[] =>
    found.map((each) => ({ id: String(ids++), path: each.path, label: labels.get(each.fragment.label), found: each }))
  const initial = projection.initial(run.data, await primary, variables)
  const first = awaited(initial.found)
  return {
    initial: resultOf(initial),
    pending: first.map(announced),
    later: inTurn(first, parts, (batch, errors) =>
      batch.map((each) => {
        const part = projection.later(each.found, errorsFor(each, batch, errors), variables)
        return { arrived: { ...announced(each), data: part.data, errors: part.errors }, next: awaited(part.found) }
      }),
    ),
  }
}

type Projected = { arrived: Arrived; next: Awaited[] }

/** Yields fragments as their parts of the plan are in. */
async function* inTurn(
  first: readonly Awaited[],
  parts: ReadonlyMap<string, Promise<PartErrors>>,
  project: (batch: readonly Awaited[], errors: PartErrors) => Projected[],
): AsyncGenerator<LaterPart, void> {
  const settled = new Map<string, PartErrors>()
  for (const [label, errors] of parts) void errors.then((them) => settled.set(label, them))
  let left = [...first]
  while (left.length > 0) {
    // A fragment that the plan does not know has all it needs.
    await Promise.race(left.map(async ({ found }) => parts.get(found.fragment.label)))
    const arrived: Arrived[] = []
    const pending: Pending[] = []
    let ready = readyOf(left, parts, settled)
    while (ready.size > 0) {
      const done = [...ready].flatMap(([label, batch]) => project(batch, settled.get(label) ?? []))
      const took = new Set([...ready.values()].flat())
      const next = done.flatMap((each) => each.next)
      // The deepest first: none is in an object that another, which comes with it, has just made null.
      const shown = done.map((each) => each.arrived).toSorted((one, other) => other.path.length - one.path.length)
      const waiting = withoutLost([...left.filter((each) => !took.has(each)), ...next], shown)
      left = waiting.left
      arrived.push(...shown, ...waiting.lost)
      pending.push(...next.map(announced))
      ready = readyOf(left, parts, settled)
    }
    yield { arrived, pending, hasNext: left.length > 0 }
  }
}

/** Nothing more can come in an object that one of `shown` has made null: what waits for it has arrived, with the reason. */
function withoutLost(waiting: readonly Awaited[], shown: readonly Arrived[]): { left: Awaited[]; lost: Arrived[] } {
  const failed = shown.filter(({ errors }) => errors.length > 0)
  const left: Awaited[] = []
  const lost: Arrived[] = []
  for (const each of waiting) {
    const cause = failed.find(({ data, path }) => data && isNullAt(data, path, each.path))
    if (cause === undefined) left.push(each)
    else {
      const errors = cause.errors.filter(({ path }) => isAlong(path, each.path))
      lost.push({ ...announced(each), data: null, errors })
    }
  }
  return { left, lost }
}

/** What can be shown now, by label. */
const readyOf = (
  left: readonly Awaited[],
  parts: ReadonlyMap<string, unknown>,
  settled: ReadonlyMap<string, unknown>,
): Map<string, Awaited[]> => {
  const isReady = ({ found: { fragment } }: Awaited) => !parts.has(fragment.label) || settled.has(fragment.label)
  return Map.groupBy(left.filter(isReady), ({ found }) => found.fragment.label)
}

/** An error belongs where its path leads; one that leads to none of the places is told at the first. */
function errorsFor(each: Awaited, batch: readonly Awaited[], errors: PartErrors): GraphQLError[] {
  return errors.filter((error) => {
    const places = batch.filter(({ path }) => isAlong(error.path, path))
    return places.includes(each) || (places.length === 0 && each === batch[0])
  })
}

const announced = ({ id, path, label }: Awaited): Pending => ({ id, path, label })

const resultOf = ({ data, errors }: ProjectedPart): ExecutionResult => ({ data, ...(errors.length > 0 && { errors }) })
