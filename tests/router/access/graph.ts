import { after } from 'node:test'
import { compose } from '../fixtures/graph.ts'
import { startSubgraph, type TestSubgraph } from '../fixtures/subgraph.ts'
import { GUARDS, type Guard } from './roles.ts'

const each = (part: (guard: Guard) => string): string => GUARDS.map(part).join('\n')

// Whatever begins with p_ or P_ is guarded by what the end of its name says, and m_text only in MixedOne.
const VAULT = `
  type Query {
    item: Item
    items: [Item!]!
    ${each(
      ({ name, sdl }) => `
        p_root_${name}: String ${sdl}
        p_object_${name}: P_Object_${name}
        p_objects_${name}: [P_Object_${name}]
        p_enum_${name}: P_Enum_${name}
        p_scalar_${name}: P_Scalar_${name}
        p_typed_${name}: [P_Typed_${name}]
        mixed_${name}: [Mixed_${name}]
        union_${name}: [Union_${name}]`,
    )}
  }
  type Mutation { change: Item ${each(({ name, sdl }) => `p_change_${name}: Item ${sdl}`)} }
  type Subscription { changed: Item ${each(({ name, sdl }) => `p_changed_${name}: Item ${sdl}`)} }
  type Item @key(fields: "id") {
    id: ID!
    name: String
    inner: Item
    ${each(
      ({ name, sdl }) => `
        p_field_${name}: String ${sdl}
        p_strict_${name}: String! ${sdl}
        p_secret_${name}: String ${sdl}`,
    )}
  }
  type Free { id: ID! }
  ${each(
    ({ name, sdl }) => `
      type P_Object_${name} ${sdl} { text: String }
      enum P_Enum_${name} ${sdl} { GOOD }
      scalar P_Scalar_${name} ${sdl}
      interface P_Typed_${name} { text: String }
      type P_TypedOne_${name} implements P_Typed_${name} ${sdl} { text: String }
      type TypedOther_${name} implements P_Typed_${name} { text: String }
      interface Mixed_${name} { id: ID! m_text_${name}: String }
      type MixedOne_${name} implements Mixed_${name} { id: ID! m_text_${name}: String ${sdl} }
      type MixedOther_${name} implements Mixed_${name} { id: ID! m_text_${name}: String }
      union Union_${name} = P_Object_${name} | Free`,
  )}
`

const SIDE = `
  type Item @key(fields: "id") {
    id: ID!
    aside: String
    ${each(
      ({ name, sdl }) => `
        p_aside_${name}: String ${sdl}
        p_secret_${name}: String @external
        p_computed_${name}: String @requires(fields: "p_secret_${name}") ${sdl}`,
    )}
  }
`

const byGuard = (of: (name: string) => Record<string, unknown>): Record<string, unknown> =>
  Object.assign({}, ...GUARDS.map(({ name }) => of(name)))

const item = { __typename: 'Item', id: '1' }

/** The value of every root field; the same for the subgraphs and for the oracle. */
export const ROOT: Record<string, unknown> = {
  item,
  items: [item, item],
  change: item,
  changed: item,
  ...byGuard((name) => ({
    [`p_root_${name}`]: 'root',
    [`p_object_${name}`]: { __typename: `P_Object_${name}`, text: 'object' },
    [`p_objects_${name}`]: [{ __typename: `P_Object_${name}`, text: 'one' }, null],
    [`p_enum_${name}`]: 'GOOD',
    [`p_scalar_${name}`]: 'scalar',
    [`p_typed_${name}`]: [
      { __typename: `P_TypedOne_${name}`, text: 'one' },
      { __typename: `TypedOther_${name}`, text: 'other' },
    ],
    [`mixed_${name}`]: [
      { __typename: `MixedOne_${name}`, id: '1', [`m_text_${name}`]: 'one' },
      { __typename: `MixedOther_${name}`, id: '2', [`m_text_${name}`]: 'other' },
    ],
    [`union_${name}`]: [
      { __typename: `P_Object_${name}`, text: 'object' },
      { __typename: 'Free', id: '1' },
    ],
    [`p_change_${name}`]: item,
    [`p_changed_${name}`]: item,
  })),
}

/** The fields of the one item. */
export const ITEM: Record<string, unknown> = {
  ...item,
  name: 'an item',
  aside: 'aside',
  get inner() {
    return ITEM
  },
  ...byGuard((name) => ({
    [`p_field_${name}`]: 'field',
    [`p_strict_${name}`]: 'strict',
    [`p_secret_${name}`]: 'secret',
    [`p_aside_${name}`]: 'aside',
    [`p_computed_${name}`]: `of secret`,
  })),
}

const from = (values: Record<string, unknown>, names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, () => values[name]]))

async function* once(): AsyncGenerator<object> {
  yield item
}

/** Starts the two subgraphs; they are gone when the file's tests are over. */
export async function startGuardedGraph(): Promise<{ supergraphSdl: string; subgraphs: TestSubgraph[] }> {
  const roots = Object.keys(ROOT)
  const changes = roots.filter((name) => /^(p_)?change(_|$)/.test(name))
  const events = roots.filter((name) => /^(p_)?changed(_|$)/.test(name))
  const vault = await startSubgraph('vault', VAULT, {
    Query: from(
      ROOT,
      roots.filter((name) => !changes.includes(name) && !events.includes(name)),
    ),
    Mutation: from(ROOT, changes),
    Subscription: Object.fromEntries(
      events.map((name) => [name, { subscribe: once, resolve: (event: object) => event }]),
    ),
    Item: {
      __resolveReference: (reference: object) => reference,
      ...from(
        ITEM,
        Object.keys(ITEM).filter((name) => /^(name|inner|p_(field|strict|secret)_)/.test(name)),
      ),
    },
  })
  const side = await startSubgraph('side', SIDE, {
    Item: {
      __resolveReference: (reference: object) => reference,
      aside: () => 'aside',
      ...byGuard((name) => ({
        [`p_aside_${name}`]: () => 'aside',
        [`p_computed_${name}`]: (given: Record<string, unknown>) => `of ${String(given[`p_secret_${name}`])}`,
      })),
    },
  })
  for (const subgraph of [vault, side]) after(() => subgraph.stop())
  return { supergraphSdl: compose([vault, side]), subgraphs: [vault, side] }
}
