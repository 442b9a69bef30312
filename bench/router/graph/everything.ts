import { type ConstDirectiveNode, type FieldDefinitionNode, Kind, parse, print, type TypeNode, visit } from 'graphql'
import { LINK, SDL } from './schemas.ts'

const IMPORTS = ['@external', '@key', '@provides', '@requires', '@shareable', '@listSize', '@composeDirective']
const ACCESS = ['@authenticated', '@requiresScopes', '@policy']
const EVERYTHING_LINK = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ${JSON.stringify([...IMPORTS, ...ACCESS])})
  @link(url: "https://specs.agora.example/cacheControl/v1.0", import: ["@cacheControl"])
  @composeDirective(name: "@cacheControl")
directive @cacheControl(maxAge: Int) on FIELD_DEFINITION`

/** What the caller's token has to say for {@link DIRECTIVES}; the policy is decided by the options. */
export const SCOPES = ['people:read', 'reviews:read']

// A rule of each kind among what every operation asks for. The hint is on what none of them does: an answer that is kept
// would spare the calls whose cost is to be seen.
const DIRECTIVES: Readonly<Record<string, string>> = {
  'User.name': '@authenticated',
  'User.birthday': '@requiresScopes(scopes: [["people:read"]])',
  'Review.body': '@requiresScopes(scopes: [["reviews:read"]])',
  'Product.price': '@policy(policies: [["prices"]])',
  'Product.shippingEstimate': '@policy(policies: [["prices"]])',
  'Query.catalogue': '@cacheControl(maxAge: 60)',
}

/** The SDL of each subgraph with all directives that cost the router something for each request; every list has a size. */
export const everythingSdl = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(SDL).map(([name, sdl]) => [name, withDirectives(sdl.replace(LINK, EVERYTHING_LINK))]),
  )

const withDirectives = (sdl: string): string =>
  print(
    visit(parse(sdl), {
      ObjectTypeDefinition: (type) => ({
        ...type,
        fields: type.fields?.map((field) => withDirective(`${type.name.value}.${field.name.value}`, field)),
      }),
    }),
  )

function withDirective(coordinate: string, field: FieldDefinitionNode): FieldDefinitionNode {
  const given = field.directives ?? []
  // Its rules stand where it is answered.
  if (given.some(({ name }) => name.value === 'external')) return field
  const texts = [DIRECTIVES[coordinate] ?? '', isList(field.type) ? '@listSize(assumedSize: 10)' : '']
  return { ...field, directives: [...given, ...texts.flatMap(directivesOf)] }
}

function directivesOf(text: string): readonly ConstDirectiveNode[] {
  const [definition] = parse(`scalar Any ${text}`).definitions
  return definition?.kind === Kind.SCALAR_TYPE_DEFINITION ? (definition.directives ?? []) : []
}

const isList = (type: TypeNode): boolean =>
  type.kind === Kind.LIST_TYPE || (type.kind === Kind.NON_NULL_TYPE && isList(type.type))
