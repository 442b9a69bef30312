import type { FetchStep } from './compile-plan.ts'
import type { Data } from './json-data.ts'
import type { Key, RepresentationText } from './representation-text.ts'

/** One representation as JSON, and all objects that it stands for. */
export type Entity = { text: string; targets: Data[] }

/** The entities of one fetch, each once. */
export type Batch = readonly Entity[]

/** What a fetch asks for: those of `targets` that have all it needs, equal ones together; undefined where it asks for no entities. */
export function batchOf({ represent, isRepeated }: FetchStep, targets: readonly Data[]): Batch | undefined {
  if (represent === undefined) return undefined
  const entities = createEntities(represent)
  for (const target of targets) entities.of(target)?.targets.push(target)
  // In one order, so that another fetch that asks for the same is the same call.
  return isRepeated ? entities.all().toSorted((one, other) => (one.text < other.text ? -1 : 1)) : entities.all()
}

function createEntities({ keyOf, textOf }: RepresentationText) {
  const byText = new Map<string, Entity>()
  const byType = new Map<unknown, Map<Key, Entity>>()
  const find = (target: Data): Entity | undefined => {
    const text = textOf(target)
    if (text === undefined) return undefined
    const entity = byText.get(text) ?? { text, targets: [] }
    byText.set(text, entity)
    return entity
  }
  const findByKey = (target: Data, key: Key): Entity | undefined => {
    const { __typename: typename } = target
    const byKey = byType.get(typename) ?? new Map<Key, Entity>()
    const known = byKey.get(key)
    if (known !== undefined) return known
    const entity = find(target)
    if (entity !== undefined) byType.set(typename, byKey.set(key, entity))
    return entity
  }
  return {
    of: (target: Data): Entity | undefined => {
      const key = keyOf(target)
      return key === undefined ? find(target) : findByKey(target, key)
    },
    all: (): Entity[] => [...byText.values()],
  }
}
