import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'
import { isOfType } from '../executor/type-conditions.ts'
import { any, both, type Term } from './terms.ts'

/** Selections of one object, and whether they are in the answer. */
export type Part = { readonly selectionSet: SelectionSetNode; readonly included: Term<boolean> }

/** One key of an answer: the first of its selections, whether it is in the answer, and what is selected in it. */
export type Collected = { readonly node: FieldNode; readonly included: Term<boolean>; readonly inner: readonly Part[] }

/** The keys that an object of type `typename` can have in the answer, each once, whatever names it again. */
export function collectCosted(
  parts: readonly Part[],
  typename: string,
  { schema, fragments }: { schema: GraphQLSchema; fragments: ReadonlyMap<string, FragmentDefinitionNode> },
): Map<string, Collected> {
  const fields = new Map<string, Collected>()
  const walk = ({ selectionSet, included }: Part): void => {
    for (const selection of selectionSet.selections) {
      const isIn = both(included, conditionOf(selection))
      if (isIn === false) continue
      if (selection.kind === Kind.FIELD) add(fields, selection, isIn)
      else {
        const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value)
        const condition = fragment?.typeCondition?.name.value ?? typename
        if (fragment !== undefined && isOfType(schema, typename, condition))
          walk({ selectionSet: fragment.selectionSet, included: isIn })
      }
    }
  }
  for (const part of parts) walk(part)
  return fields
}

function add(fields: Map<string, Collected>, node: FieldNode, included: Term<boolean>): void {
  const key = node.alias?.value ?? node.name.value
  const known = fields.get(key)
  const inner = node.selectionSet === undefined ? [] : [{ selectionSet: node.selectionSet, included }]
  fields.set(
    key,
    known === undefined
      ? { node, included, inner }
      : { node: known.node, included: any([known.included, included]), inner: [...known.inner, ...inner] },
  )
}

/** What `@skip` and `@include` say. */
function conditionOf({ directives = [] }: SelectionNode): Term<boolean> {
  let included: Term<boolean> = true
  for (const { name, arguments: [condition] = [] } of directives) {
    const isSkip = name.value === 'skip'
    if ((!isSkip && name.value !== 'include') || condition === undefined) continue
    const { value } = condition
    if (value.kind === Kind.BOOLEAN) included = both(included, value.value !== isSkip)
    if (value.kind === Kind.VARIABLE) {
      const variable = value.name.value
      included = both(included, (variables) => (variables[variable] === true) !== isSkip)
    }
  }
  return included
}
