import { astFromValue, type GraphQLArgument, type GraphQLInputField, print } from 'graphql'

/** The default of an argument or input field as GraphQL writes it; undefined where it has none. */
export function defaultOf({ defaultValue, type }: GraphQLArgument | GraphQLInputField): string | undefined {
  const node = defaultValue === undefined ? undefined : astFromValue(defaultValue, type)
  return node ? print(node) : undefined
}
