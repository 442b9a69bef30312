import {
  type DocumentNode,
  getNamedType,
  type GraphQLInputType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  type TypeNode,
  TypeInfo,
  typeFromAST,
  visit,
  visitWithTypeInfo,
} from 'graphql'

/**
 * The schema coordinates that a document uses (https://spec.graphql.org/September2025/#sec-Schema-Coordinates), each with
 * the lines of the document that use it: `Type.field`, `Type.field(argument:)`, `Enum.VALUE`, `Input.field`, and the types
 * that it reads or names. What a variable may carry counts as used, since its values are not known here.
 */
export function coordinatesOf(document: DocumentNode, schema: GraphQLSchema): Map<string, number[]> {
  const used = new Map<string, number[]>()
  const types = new TypeInfo(schema)
  const use = (coordinate: string, line: number) => {
    const lines = used.get(coordinate) ?? []
    if (!lines.includes(line)) used.set(coordinate, [...lines, line])
  }
  visit(
    document,
    visitWithTypeInfo(types, {
      enter: (node) => {
        const line = node.loc?.startToken.line ?? 1
        const [parent, field, argument] = [types.getParentType(), types.getFieldDef(), types.getArgument()]
        if (node.kind === 'Field' && parent && field && !field.name.startsWith('__')) {
          use(`${parent.name}.${field.name}`, line)
          use(getNamedType(field.type).name, line)
        } else if (node.kind === 'Argument' && parent && field && argument)
          use(`${parent.name}.${field.name}(${argument.name}:)`, line)
        else if (node.kind === 'NamedType') use(node.name.value, line)
        else if (node.kind === 'EnumValue') use(`${namedInput(types)}.${node.value}`, line)
        else if (node.kind === 'ObjectField')
          use(`${getNamedType(types.getParentInputType())?.name}.${node.name.value}`, line)
        else if (node.kind === 'VariableDefinition')
          for (const coordinate of carriedBy(node.type, schema)) use(coordinate, line)
      },
    }),
  )
  return used
}

const namedInput = (types: TypeInfo): string | undefined => getNamedType(types.getInputType())?.name

/** Everything that a variable of this type may hold, at any depth. */
function carriedBy(node: TypeNode, schema: GraphQLSchema): Set<string> {
  const carried = new Set<string>()
  const carry = (type: GraphQLInputType): void => {
    const named = getNamedType(type)
    if (carried.has(named.name)) return
    carried.add(named.name)
    if (isEnumType(named)) for (const { name } of named.getValues()) carried.add(`${named.name}.${name}`)
    if (!isInputObjectType(named)) return
    for (const field of Object.values(named.getFields())) {
      carried.add(`${named.name}.${field.name}`)
      carry(field.type)
    }
  }
  const type = typeFromAST(schema, node)
  if (type) carry(type as GraphQLInputType)
  return carried
}
