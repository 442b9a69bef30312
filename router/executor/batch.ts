import type { FetchStep } from './compile-plan.ts'
import { findBatch, type Found } from './found.ts'
import { type Data, get } from './json-data.ts'
import type { RepresentationText } from './representation-text.ts'

/** One representation as JSON, and all objects that it stands for. */
export type Entity = { text: string; targets: Data[] }

/** The entities of one fetch, each once. */
export type Batch = readonly Entity[]

/** What a fetch asks for: those of `targets` that have all it needs, equal ones together; undefined where it asks for no entities. */
export function batchOf(
  { represent, isRepeated }: FetchStep,
  targets: readonly Data[],
  found: Found,
): Batch | undefined {
  if (represent === undefined) return undefined
  const entities = findBatch(represent, targets, found, () => entitiesOf(represent, targets))
  // In one order, so that another fetch that asks for the same is the same call.
  return isRepeated ? entities.toSorted((one, other) => (one.text < other.text ? -1 : 1)) : entities
}

/** Those of `targets` that have all it takes, equal ones together, in the order in which they come. */
function entitiesOf(represent: RepresentationText, targets: readonly Data[]): Entity[] {
  const entities = createEntities(represent)
  for (const target of targets) entities.of(target)?.targets.push(target)
  return entities.all
}

// Where so many have the same first key, the text finds an entity sooner.
const MOST_COMPARED = 8

function createEntities({ keysOf, textOf }: RepresentationText) {
  const all: Entity[] = []
  const byText = new Map<string, Entity>()
  const byKey = new Map<unknown, Entity[]>()
  const add = (target: Data, alike: Entity[] | undefined): Entity | undefined => {
    const text = textOf(target)
    if (text === undefined) return undefined
    const isCompared = alike !== undefined && alike.length < MOST_COMPARED
    const known = isCompared ? undefined : byText.get(text)
    if (known !== undefined) return known
    const entity: Entity = { text, targets: [] }
    all.push(entity)
    if (isCompared) alike.push(entity)
    else byText.set(text, entity)
    return entity
  }
  return {
    all,
    /** The entity of a target that is to be put there. */
    of: (target: Data): Entity | undefined => {
      const keys = keysOf(target)
      const alike = alikeOf(byKey, target, keys)
      return (alike && equalOf(alike, target, keys)) ?? add(target, alike)
    },
  }
}

/** Those that `target` may be compared with, key by key; undefined where only the text tells. */
function alikeOf(byKey: Map<unknown, Entity[]>, target: Data, keys: readonly string[]): Entity[] | undefined {
  const [first] = keys
  if (first === undefined) return undefined
  for (const key of keys) if (typeof get(target, key) === 'object') return undefined
  const value = get(target, first)
  const known = byKey.get(value)
  if (known !== undefined) return known
  const alike: Entity[] = []
  byKey.set(value, alike)
  return alike
}

function equalOf(alike: readonly Entity[], target: Data, keys: readonly string[]): Entity | undefined {
  for (const entity of alike) if (isEqual(entity.targets[0] ?? NOTHING, target, keys)) return entity
  return undefined
}

const NOTHING: Data = {}

function isEqual(one: Data, other: Data, keys: readonly string[]): boolean {
  for (const key of keys) if (get(one, key) !== get(other, key)) return false
  return true
}
