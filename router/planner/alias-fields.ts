import { type DocumentNode, type FieldNode, Kind, visit } from 'graphql'

/** A document with other aliases, and how the answer to it is named back. */
export type AliasedOperation = {
  readonly document: DocumentNode
  /** The key of the answer, for the fields of the given document that have another one now. */
  readonly sourceKeys: ReadonlyMap<FieldNode, string>
  /** The given alias, by the new one. */
  readonly givenAliases: ReadonlyMap<string, string>
}

const INFIX = '__as_'

/**
 * Gives new aliases to the fields whose alias is the name of another field that plans read from the same answer: keys and
 * what `@requires` reads are told apart by response name only. To rename one too many does no harm, as all are named back.
 */
export function aliasFields(document: DocumentNode, readNames: ReadonlySet<string>): AliasedOperation {
  const sourceKeys = new Map<FieldNode, string>()
  const givenAliases = new Map<string, string>()
  const infix = freeInfix(document)
  const aliased = visit(document, {
    Field: {
      // On leave a field may be a copy, whose parts were changed: what was given is known on entering only.
      enter: (field) => {
        const given = field.alias?.value
        if (given === undefined || given === field.name.value || !readNames.has(given)) return
        const key = `${field.name.value}${infix}${given}`
        sourceKeys.set(field, key)
        givenAliases.set(key, given)
      },
      leave: (field) => {
        const key = `${field.name.value}${infix}${field.alias?.value}`
        return givenAliases.has(key) ? { ...field, alias: { kind: Kind.NAME, value: key } } : undefined
      },
    },
  })
  return { document: sourceKeys.size === 0 ? document : aliased, sourceKeys, givenAliases }
}

/** One that no response name of the document has in it. */
function freeInfix(document: DocumentNode): string {
  let infix = INFIX
  visit(document, {
    Field: ({ alias, name }) => {
      while ((alias ?? name).value.includes(infix)) infix = `_${infix}`
    },
  })
  return infix
}
