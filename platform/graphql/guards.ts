import {
  defaultFieldResolver,
  getDirectiveValues,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  isObjectType,
} from 'graphql'
import type { Viewer } from '../auth/viewer.ts'
import { CallerError } from '../kernel/errors.ts'

/** What the guards read of a resolver's context. */
type Guarded = { viewer: Viewer }
type Demand = { isAllowed: (viewer: Viewer) => boolean; wanted: string }

/**
 * Makes the schema's own directives bite in the subgraph too, whoever calls it: `@authenticated` and `@requiresScopes`
 * demand a person; a root field that is `@inaccessible` demands a neighbour's service token. Changes `schema` in place.
 */
export function guardSchema(schema: GraphQLSchema): GraphQLSchema {
  const roots = new Set([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()])
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue
    for (const field of Object.values(type.getFields())) {
      const demands = demandsOf(schema, field, roots.has(type))
      if (demands.length > 0) guard(field, demands)
    }
  }
  return schema
}

function demandsOf(schema: GraphQLSchema, field: GraphQLField<unknown, Guarded>, isRoot: boolean): Demand[] {
  const demands: Demand[] = []
  const has = (name: string) => field.astNode?.directives?.some((directive) => directive.name.value === name) === true
  if (isRoot && has('inaccessible'))
    demands.push({ isAllowed: (viewer) => viewer.kind === 'service', wanted: 'a service token' })
  if (has('authenticated')) demands.push({ isAllowed: isSomebody, wanted: 'a signed-in user' })
  if (has('requiresScopes')) demands.push(scopesDemand(schema, field))
  return demands
}

const isSomebody = (viewer: Viewer): boolean =>
  viewer.kind === 'user' || (viewer.kind === 'service' && viewer.actorId !== null)

/** Any of the lists, and all of that list. */
function scopesDemand(schema: GraphQLSchema, field: GraphQLField<unknown, Guarded>): Demand {
  const definition = schema.getDirective('requiresScopes')
  const values = definition && field.astNode ? getDirectiveValues(definition, field.astNode) : undefined
  const lists = (values?.scopes ?? []) as string[][]
  return {
    isAllowed: (viewer) =>
      viewer.kind === 'user' && lists.some((list) => list.every((scope) => viewer.scopes.has(scope))),
    wanted: `the scope ${lists.map((list) => list.join(' and ')).join(', or ')}`,
  }
}

function guard(field: GraphQLField<unknown, Guarded>, demands: readonly Demand[]): void {
  const { name } = field
  field.resolve = guarded(field.resolve ?? defaultFieldResolver, name, demands)
  if (field.subscribe !== undefined) field.subscribe = guarded(field.subscribe, name, demands)
}

const guarded =
  (
    resolve: GraphQLFieldResolver<unknown, Guarded>,
    name: string,
    demands: readonly Demand[],
  ): GraphQLFieldResolver<unknown, Guarded> =>
  (source, args, context, info) => {
    const missing = demands.find((demand) => !demand.isAllowed(context.viewer))
    if (missing === undefined) return resolve(source, args, context, info)
    const code = context.viewer.kind === 'guest' ? 'UNAUTHENTICATED' : 'FORBIDDEN'
    throw new CallerError(code, `${name} needs ${missing.wanted}`)
  }
