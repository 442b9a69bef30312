import { type ConstDirectiveNode, Kind } from 'graphql'

/** The text of a directive's argument, a string, name or boolean as it is written; undefined where it is not there. */
export function argumentOf(directive: ConstDirectiveNode | undefined, name: string): string | undefined {
  const value = directive?.arguments?.find((argument) => argument.name.value === name)?.value
  switch (value?.kind) {
    case Kind.STRING:
    case Kind.ENUM:
      return value.value
    case Kind.BOOLEAN:
      return String(value.value)
    default:
      return undefined
  }
}

/** The directive with another text as an argument. */
export const withArgument = (directive: ConstDirectiveNode, name: string, text: string): ConstDirectiveNode => ({
  ...directive,
  arguments: (directive.arguments ?? []).map((argument) =>
    argument.name.value === name ? { ...argument, value: { kind: Kind.STRING, value: text } } : argument,
  ),
})

/** What the arguments of a field are set from, where it has some from a `@context`. */
export function contextSelections(directive: ConstDirectiveNode): string[] {
  const value = directive.arguments?.find(({ name }) => name.value === 'contextArguments')?.value
  if (value?.kind !== Kind.LIST) return []
  return value.values.flatMap((entry) => {
    const selection =
      entry.kind === Kind.OBJECT ? entry.fields.find(({ name }) => name.value === 'selection') : undefined
    return selection?.value.kind === Kind.STRING ? [selection.value.value] : []
  })
}
