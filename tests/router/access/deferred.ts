import { type InlineFragmentNode, Kind, parse, print, type SelectionSetNode, visit } from 'graphql'
import type { Answer, Operation } from '../../support/client.ts'
import { allParts, ask, mergeParts } from '../defer/read-parts.ts'

/** The same operation with everything deferred that may be: the root of a query, and all within each object. */
export function withDefer(document: string): string {
  const mayDefer: (string | undefined)[] = document.startsWith('{')
    ? [Kind.FIELD, Kind.OPERATION_DEFINITION]
    : [Kind.FIELD]
  return print(
    visit(parse(document), {
      SelectionSet: {
        leave: (node, _key, parent) =>
          mayDefer.includes(parent && 'kind' in parent ? parent.kind : undefined) ? deferred(node) : undefined,
      },
    }),
  )
}

const deferred = (selectionSet: SelectionSetNode): SelectionSetNode => {
  const fragment: InlineFragmentNode = {
    kind: Kind.INLINE_FRAGMENT,
    directives: [{ kind: Kind.DIRECTIVE, name: { kind: Kind.NAME, value: 'defer' } }],
    selectionSet,
  }
  return { kind: Kind.SELECTION_SET, selections: [fragment] }
}

/** Asks for an answer in parts, and puts them together; `count` says how many they were. */
export async function askInParts(
  url: string,
  { document, token, headers }: Operation,
): Promise<Answer & { count: number }> {
  const authorization = token && { authorization: `Bearer ${token}` }
  const parts = await allParts(await ask(url, { query: document }, { headers: { ...headers, ...authorization } }))
  const { data, errors, failed } = mergeParts(parts)
  // All of an object is in its fragment: where that failed, there is nothing of the object.
  const whole = { data }
  for (const path of failed) clear(whole, ['data', ...path])
  return { ...whole, count: parts.length, ...(errors.length > 0 && { errors }) }
}

function clear(value: unknown, path: readonly (string | number)[]): void {
  const [key = '', ...rest] = path
  const object = value as Record<string, unknown>
  if (rest.length === 0) object[key] = null
  else clear(object[key], rest)
}
